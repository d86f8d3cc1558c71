import { nameOf } from "../catalog/names.js";
import type { Column, Relation } from "../catalog/relation.js";
import { tenantTables, type ClassifiedTable } from "../subject/subject.js";
import type { Check, Found } from "./check.js";
import { bare, tenantNouns } from "./support/nouns.js";
import { writes } from "./support/reach.js";

export const d8: Check = {
  id: "D8",
  name: "unenforced-reference",
  severity: "high",
  title: "Ids of other rows that no foreign key checks",
  meaning:
    "A pair as subject_type and subject_id, or an array of ids, cannot have a foreign key: whatever is written there is accepted, another tenant's id too. Whoever follows it with more rights than the writer had, as a job or an export does, crosses over. A tenant column beside it lets every reader compare.",
  *find(subject) {
    const nouns = tenantNouns(subject);
    for (const table of tenantTables(subject)) {
      const { relation } = table;
      if (relation.isPartition || !writes(subject, relation)) continue;
      yield* pairs(table);
      yield* arrays(table, nouns);
      yield* bareIds(table, nouns);
    }
  },
};

/** `subject_type` beside `subject_id`, `subjectType` beside `subjectId`. */
function* pairs(table: ClassifiedTable): Iterable<Found> {
  const { relation } = table;
  for (const type of relation.columns) {
    const [, stem, underscore] = /^(.+?)(_?)[tT]ype$/.exec(type.name) ?? [];
    if (stem === undefined || !"SE".includes(type.category)) continue;
    const id = relation.columns.find(
      ({ name }) =>
        name === `${stem}${underscore}id` || (underscore === "" && name === `${stem}Id`),
    );
    if (id === undefined || isReferring(relation, id) || id === table.tenantColumn) continue;
    yield found(
      table,
      `${type.name}, ${id.name}`,
      `${id.name} refers to whatever ${type.name} says`,
    );
  }
}

/** `project_ids uuid[]`: where a tenant table is called so, or the elements are ids by their type. */
function* arrays(table: ClassifiedTable, nouns: Nouns): Iterable<Found> {
  for (const { name, category, elementType } of table.relation.columns) {
    const [, stem] = /^(.+?)_?[iI]ds$/.exec(name) ?? [];
    if (stem === undefined || category !== "A") continue;
    if (elementType !== "uuid" && !nouns.has(bare(stem))) continue;
    yield found(table, name, `${name} holds ids of other rows in an array`);
  }
}

/** `project_id` without a foreign key, where there is a tenant table of that name with a key of that type. */
function* bareIds(table: ClassifiedTable, nouns: Nouns): Iterable<Found> {
  for (const column of table.relation.columns) {
    const [, stem] = /^(.+?)_?[iI]d$/.exec(column.name) ?? [];
    const target = stem === undefined ? undefined : nouns.get(bare(stem));
    if (target === undefined || target === table.relation || column === table.tenantColumn)
      continue;
    if (isReferring(table.relation, column) || !hasKeyOf(target, column)) continue;
    yield found(table, column.name, `${column.name} seems to refer to ${nameOf(target)}`);
  }
}

type Nouns = ReadonlyMap<string, Relation>;

function hasKeyOf({ constraints, columns }: Relation, { baseType }: Column): boolean {
  const key = constraints.find(({ kind }) => kind === "primary key")?.columns ?? [];
  return columns.some(({ number, baseType: type }) => key.includes(number) && type === baseType);
}

function found({ relation, tenantColumn }: ClassifiedTable, detail: string, what: string): Found {
  return {
    subject: nameOf(relation),
    detail,
    message: `${nameOf(relation)}: ${what}, and no foreign key checks it${tenantColumn === undefined ? "; nor has the table a tenant column" : ""}.`,
    mend:
      tenantColumn === undefined
        ? `Give ${nameOf(relation)} a tenant column, and compare it with that of the row that is referred to wherever it is followed.`
        : `Use one foreign key column (${tenantColumn.name}, …_id) for each table referred to, with a CHECK that just one is set (num_nonnulls(…) = 1), or a table between for an array; or follow ids of ${nameOf(relation)} only under the tenant's own policies.`,
    severity: tenantColumn === undefined ? "high" : "medium",
  };
}

function isReferring(relation: Relation, { number }: Column): boolean {
  return relation.constraints.some(
    ({ kind, columns }) => kind === "foreign key" && columns.includes(number),
  );
}
