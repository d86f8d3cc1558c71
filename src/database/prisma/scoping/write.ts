import { each, fieldsOf, isFields, mapFields, type Fields } from "../plain.js";
import { refused } from "../refusal.js";
import type { Model, Relation } from "../schema/data-model.js";
import { assertOwn, connectWhere, uniqueWhere } from "./unique.js";
import { assertUsable, filter, scopedWhere } from "./where.js";
import { tenantCondition, type Work } from "./work.js";

/** The data of a new row, with the tenant filled in. */
export function createData(work: Work, model: Model, data: unknown): unknown {
  const given = fieldsOf(data, "The data of a new row");
  const scoped = childData(work, model, given);
  return takesTenantFromRelation(work, model, given)
    ? scoped
    : { ...scoped, ...tenantCondition(work) };
}

/** The data of a new row that takes its tenant from the row it is created under. */
function childData(work: Work, model: Model, data: unknown): Fields {
  const given = fieldsOf(data, "The data of a new row");
  const tenant = given[work.data.field];
  if (model.isTenant && tenant !== undefined) assertOwn(work, model, tenant);
  return withRelations(work, model, given);
}

/**
 * Prisma takes a row's foreign keys as columns or as relations, never mixed. With relations it has no
 * place for the tenant's column where that is part of a foreign key, and takes it from the related row.
 */
function takesTenantFromRelation(work: Work, model: Model, data: Fields): boolean {
  if (!model.tenantIsForeignKey) return false;
  const used = [...model.relations.values()].filter(
    ({ name, holdsKey }) => holdsKey && data[name] !== undefined,
  );
  if (used.length === 0) return false;
  if (used.some(({ kind }) => kind === "carried")) return true;
  throw refused(
    `A new ${model.name} with the relation ${used[0]!.name}, which leaves no place for ${work.data.field},`,
    "Write the foreign key's own fields instead of the relation.",
  );
}

/** One row or many, as `createMany` takes them. */
export function createManyData(work: Work, model: Model, data: unknown): unknown {
  return each(data, (row) => createData(work, model, row));
}

export function updateData(work: Work, model: Model, data: unknown): unknown {
  const given = fieldsOf(data, "The data of an update");
  const tenant = given[work.data.field];
  if (model.isTenant && tenant !== undefined) {
    assertOwn(work, model, isFields(tenant) ? tenant["set"] : tenant);
  }
  return withRelations(work, model, given);
}

function withRelations(work: Work, model: Model, data: Fields): Fields {
  return mapFields(data, (name, value) => {
    const relation = model.relations.get(name);
    return relation === undefined || value === undefined
      ? value
      : nestedWrite(work, relation, value);
  });
}

type Action = (work: Work, target: Model, item: unknown, relation: Relation) => unknown;

/** A write inside of another one's data, action by action. */
function nestedWrite(work: Work, relation: Relation, value: unknown): unknown {
  assertUsable(relation);
  const target = work.data.model(relation.target);
  const known = target.isTenant ? onTenant : relation.holdsKey ? onGlobal : {};
  return mapFields(fieldsOf(value, "A nested write"), (name, given) => {
    const action = Object.hasOwn(known, name) ? known[name] : undefined;
    if (action === undefined) {
      throw refused(
        `The nested ${name} of ${target.name}`,
        target.isTenant
          ? "The extension does not know it."
          : "Global models are read here; write them as operator.",
      );
    }
    if (given === undefined) return given;
    return each(given, (item) => action(work, target, item, relation));
  });
}

const create: Action = (work, target, item, { holdsKey }) =>
  // Where the other row holds the key, its tenant is this row's.
  holdsKey ? createData(work, target, item) : childData(work, target, item);

const connect: Action = (work, target, item) => connectWhere(work, target, item);

/** `true` for the one related row, or a filter; by its key in a list. */
const relatedRow: Action = (work, target, item, { isList }) => {
  if (typeof item === "boolean") return item;
  return isList ? uniqueWhere(work, target, item) : filter(work, target, item);
};

const update: Action = (work, target, item, relation) => {
  const given = fieldsOf(item, "A nested update");
  // A single related row may be given its data at once.
  if (!relation.isList && !isFields(given["data"])) return updateData(work, target, given);
  return withParts(given, {
    where: (where) => relatedRow(work, target, where, relation),
    data: (data) => updateData(work, target, data),
  });
};

const upsert: Action = (work, target, item, relation) =>
  withParts(fieldsOf(item, "A nested upsert"), {
    where: (where) => relatedRow(work, target, where, relation),
    create: (data) => create(work, target, data, relation),
    update: (data) => updateData(work, target, data),
  });

const onTenant: Readonly<Record<string, Action>> = {
  create,
  connect,
  set: connect,
  connectOrCreate: (work, target, item, relation) =>
    withParts(fieldsOf(item, "A connectOrCreate"), {
      where: (where) => connectWhere(work, target, where),
      create: (data) => create(work, target, data, relation),
    }),
  createMany: (work, target, item) =>
    withParts(fieldsOf(item, "A nested createMany"), {
      data: (data) => each(data, (row) => childData(work, target, row)),
      skipDuplicates: (value) => value,
    }),
  update,
  upsert,
  updateMany: (work, target, item) =>
    withParts(fieldsOf(item, "A nested updateMany"), {
      where: (where) => scopedWhere(work, target, where),
      data: (data) => updateData(work, target, data),
    }),
  deleteMany: (work, target, item) => scopedWhere(work, target, item),
  delete: relatedRow,
  disconnect: relatedRow,
};

/** A relation to a global model, held on this side: what it leads to may be chosen, not changed. */
const onGlobal: Readonly<Record<string, Action>> = {
  connect,
  disconnect: relatedRow,
};

function withParts(
  given: Readonly<Record<string, unknown>>,
  parts: Readonly<Record<string, (value: unknown) => unknown>>,
): Record<string, unknown> {
  return mapFields(given, (name, value) => {
    const part = Object.hasOwn(parts, name) ? parts[name] : undefined;
    if (part === undefined) throw refused(`The nested argument ${name}`, "It is not known.");
    return part(value);
  });
}
