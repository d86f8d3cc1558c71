import { assertDefined, each, isFields, mapFields } from "../plain.js";
import { refused } from "../refusal.js";
import type { Model, Relation } from "../schema/data-model.js";
import { cursor } from "./unique.js";
import { assertUsable, filter, scopedWhere, unscopable } from "./where.js";
import type { Part, Work } from "./work.js";

/** `select` and `include`, with the relations in them. */
export function selection(work: Work, model: Model, value: unknown): unknown {
  if (!isFields(value)) return value;
  return mapFields(value, (name, chosen) => {
    if (chosen === undefined || chosen === false) return chosen;
    if (name === "_count") return countSelection(work, model, chosen);
    const relation = model.relations.get(name);
    return relation === undefined ? chosen : related(work, relation, chosen);
  });
}

function related(work: Work, relation: Relation, chosen: unknown): unknown {
  assertUsable(relation);
  if (relation.kind === "fromGlobal" && !relation.isList) throw unscopable(relation);
  const target = work.data.model(relation.target);
  const held = relation.kind === "fromGlobal";
  if (!isFields(chosen)) return held ? { where: scopedWhere(work, target, {}) } : chosen;
  const read = applyParts(work, target, chosen, nestedParts);
  if (!held) return read;
  return { ...read, where: scopedWhere(work, target, chosen["where"] ?? {}) };
}

function countSelection(work: Work, model: Model, chosen: unknown): unknown {
  if (chosen !== true && !isFields(chosen)) return chosen;
  const lists = [...model.relations.values()].filter(({ isList }) => isList);
  const given = isFields(chosen) ? chosen["select"] : undefined;
  const wanted = isFields(given)
    ? given
    : Object.fromEntries(lists.map(({ name }) => [name, true]));
  const select = mapFields(wanted, (name, value) => {
    const relation = model.relations.get(name);
    if (relation === undefined || value === undefined || value === false) return value;
    assertUsable(relation);
    const target = work.data.model(relation.target);
    if (isFields(value) && "where" in value) assertDefined(value["where"], "where");
    const where = (isFields(value) ? value["where"] : undefined) ?? {};
    return relation.kind === "fromGlobal"
      ? { where: scopedWhere(work, target, where) }
      : { where: filter(work, target, where) };
  });
  return { select };
}

/** Order by relations: what they lead to is compared and counted without a filter. */
export function orderBy(work: Work, model: Model, value: unknown): unknown {
  return each(value, (item) => {
    if (!isFields(item)) return item;
    return mapFields(item, (name, direction) => {
      const relation = model.relations.get(name);
      if (relation === undefined || direction === undefined) return direction;
      assertUsable(relation);
      if (relation.kind === "fromGlobal") throw unscopable(relation);
      return orderBy(work, work.data.model(relation.target), direction);
    });
  });
}

export const asGiven: Part = (_, __, value) => value;

/** @throws {TenantryError} `STATEMENT_REFUSED` for an argument that is not in the table */
export function applyParts(
  work: Work,
  model: Model,
  args: Readonly<Record<string, unknown>>,
  parts: Readonly<Record<string, Part>>,
): Record<string, unknown> {
  return mapFields(args, (name, value) => {
    const part = Object.hasOwn(parts, name) ? parts[name] : undefined;
    if (part === undefined) {
      throw refused(
        `The argument ${name} on ${model.name}`,
        "The extension does not know it, so it cannot say whether it stays in the tenant.",
      );
    }
    return part(work, model, value);
  });
}

/** What a relation in `select` or `include` takes. */
const nestedParts: Readonly<Record<string, Part>> = {
  select: selection,
  include: selection,
  omit: asGiven,
  where: filter,
  orderBy,
  cursor,
  take: asGiven,
  skip: asGiven,
  distinct: asGiven,
};
