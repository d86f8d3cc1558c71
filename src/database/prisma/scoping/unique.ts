import { assertDefined, fieldsOf, isFields, mapFields, type Fields } from "../plain.js";
import { refused } from "../refusal.js";
import type { Model } from "../schema/data-model.js";
import { filter } from "./where.js";
import { tenantCondition, type Work } from "./work.js";

/** A filter of one row by its key, held to the tenant: another tenant's row is not found. */
export function uniqueWhere(work: Work, model: Model, where: unknown): unknown {
  const given = filter(work, model, fillKeys(work, model, fieldsOf(where, "A where")));
  if (!model.isTenant || namesOwn(work, model, given)) return given;
  const before = given["AND"] === undefined ? [] : [given["AND"]].flat();
  return { ...given, AND: [...before, tenantCondition(work)] };
}

/**
 * A row to relate to. Its key becomes a foreign key without being looked up first, so one of another
 * tenant is refused here rather than not found.
 */
export function connectWhere(work: Work, model: Model, where: unknown): unknown {
  if (!model.isTenant) return filter(work, model, where);
  const given = fieldsOf(where, "A connect");
  for (const fields of [given, ...compoundsIn(work, model, given)]) {
    if (work.data.field in fields) assertOwn(work, model, fields[work.data.field]);
  }
  return uniqueWhere(work, model, given);
}

/**
 * Where to begin a page. Prisma compares with the row that the cursor names without filtering it,
 * which would tell where another tenant's row stands: so it has to be a key that carries the tenant.
 */
export function cursor(work: Work, model: Model, value: unknown): unknown {
  if (value === undefined) return value;
  assertDefined(value, "cursor");
  const given = fieldsOf(value, "A cursor");
  if (!model.isTenant) return given;
  const compounds = compoundsIn(work, model, given);
  if (compounds.length === 0 || compounds.length !== Object.keys(given).length) {
    throw refused(
      `A cursor of ${model.name} that is no key with ${work.data.field} in it`,
      `Use the compound id: cursor: { ${work.data.field}_id: { … } }.`,
    );
  }
  const filled = fillKeys(work, model, given);
  for (const fields of compoundsIn(work, model, filled)) {
    assertOwn(work, model, fields[work.data.field]);
  }
  return filled;
}

/** @throws {TenantryError} `STATEMENT_REFUSED` for any tenant but the scope's */
export function assertOwn({ data, tenantId }: Work, model: Model, value: unknown): void {
  if (value === tenantId) return;
  throw refused(
    `${model.name}.${data.field} with another value than the scope's tenant`,
    "Leave it out: it is filled in from the scope.",
  );
}

/**
 * Whether the key says the tenant already. Then nothing is added, and Prisma can answer many such
 * questions with one statement.
 */
function namesOwn(work: Work, model: Model, where: Fields): boolean {
  const parts = [where, ...compoundsIn(work, model, where)];
  return parts.some((fields) => fields[work.data.field] === work.tenantId);
}

function isTenantKey({ data }: Work, model: Model, name: string): boolean {
  return model.compounds.get(name)?.includes(data.field) ?? false;
}

function compoundsIn(work: Work, model: Model, where: Fields): Fields[] {
  return Object.entries(where)
    .filter(([name]) => isTenantKey(work, model, name))
    .map(([, value]) => fieldsOf(value, "A key"));
}

/** Fills the tenant into compound keys that lack it. */
function fillKeys(work: Work, model: Model, where: Fields): Fields {
  if (!model.isTenant) return where;
  return mapFields(where, (name, value) =>
    isTenantKey(work, model, name) && isFields(value)
      ? { ...tenantCondition(work), ...value }
      : value,
  );
}
