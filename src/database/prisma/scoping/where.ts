import { assertDefined, each, fieldsOf, isFields, mapFields, type Fields } from "../plain.js";
import { refused } from "../refusal.js";
import type { Model, Relation } from "../schema/data-model.js";
import { tenantCondition, type Work } from "./work.js";

/** A filter of many rows, held to the tenant. */
export function scopedWhere(work: Work, model: Model, where: unknown): unknown {
  const given = filter(work, model, where);
  return model.isTenant ? { AND: [given, tenantCondition(work)] } : given;
}

/** A filter with its relations scoped; the rows it is for are held to the tenant elsewhere. */
export function filter(work: Work, model: Model, where: unknown): Fields {
  assertDefined(where, "where");
  return mapFields(fieldsOf(where, "A where"), (key, value) => {
    if (key === "AND" || key === "OR" || key === "NOT") {
      return each(value, (part) => filter(work, model, part));
    }
    const relation = model.relations.get(key);
    return relation === undefined ? value : relationFilter(work, relation, value);
  });
}

function relationFilter(work: Work, relation: Relation, value: unknown): unknown {
  assertUsable(relation);
  const target = work.data.model(relation.target);
  if (!relation.isList) {
    if (relation.kind === "fromGlobal") throw unscopable(relation);
    return isFields(value) && ("is" in value || "isNot" in value)
      ? mapFields(value, (_, inner) => (inner === null ? null : filter(work, target, inner)))
      : value && filter(work, target, value);
  }
  return mapFields(fieldsOf(value, "A filter of a relation"), (quantifier, inner) => {
    const wanted = filter(work, target, inner);
    if (quantifier !== "some" && quantifier !== "none" && quantifier !== "every") {
      throw refused(`The filter ${relation.name}.${quantifier}`, "Use some, none or every.");
    }
    if (relation.kind !== "fromGlobal") return wanted;
    const own = tenantCondition(work);
    return quantifier === "every" ? { OR: [wanted, { NOT: own }] } : { AND: [wanted, own] };
  });
}

/** @throws {TenantryError} `STATEMENT_REFUSED` for a relation that cannot be vouched for */
export function assertUsable(relation: Relation): void {
  if (relation.kind !== "unknown") return;
  throw refused(
    `The relation ${relation.name} to ${relation.target}`,
    "Its foreign key does not carry the tenant, so it can lead into another one: relate both models over (tenantId, …), and mix no global model in.",
  );
}

export function unscopable(relation: Relation): Error {
  return refused(
    `${relation.name} of a global model, which leads to ${relation.target} of all tenants,`,
    `Ask from ${relation.target} instead.`,
  );
}
