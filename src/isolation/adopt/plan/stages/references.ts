import { quoted, sqlName } from "../../../catalog/names.js";
import type { AdoptedTable, Adoption } from "../../adoption.js";
import { referencePlans, type ReferencePlan } from "../reference-plan.js";
import { constraintIs, shortName, when } from "../sql.js";
import type { Stage, Step } from "../step.js";

/** Foreign keys that carry the tenant, in the place of those that do not. */
export function references(adoption: Adoption): Stage {
  return {
    number: 70,
    name: "references",
    purpose:
      "Adds the foreign keys (tenant_id, …) unproven, validates them, and only then drops the old ones, whose names and actions they take over; SET NULL and SET DEFAULT empty the same columns as before. Adds the foreign key of each tenant_id to Tenantry's registry.",
    locks:
      "SHARE ROW EXCLUSIVE on both tables for a moment, to add; SHARE UPDATE EXCLUSIVE while one is validated; ACCESS EXCLUSIVE for a moment, to drop the old one.",
    duration: "One join for each foreign key.",
    steps: [...adoption.tables.map(toRegistry), ...referencePlans(adoption).map(replace)],
  };
}

function replace({
  table: adopted,
  old,
  newName,
  definition,
  oldDefinition,
  matchFull,
}: ReferencePlan): Step {
  const { relation } = adopted;
  const table = sqlName(relation);
  const [mine, original] = [quoted(newName), quoted(old.name)];
  const isNew = constraintIs(relation, newName);
  const carries = `exists (select from pg_catalog.pg_constraint k join pg_catalog.pg_attribute a on a.attrelid = k.conrelid and a.attnum = any (k.conkey)
    where k.conrelid = '${table.replaceAll("'", "''")}'::regclass and k.conname = '${old.name.replaceAll("'", "''")}' and a.attname = 'tenant_id')`;
  const proven = proof(relation.kind);
  const fullName = quoted(shortName(old.name, "full"));
  const full =
    matchFull === undefined
      ? []
      : [
          when(
            `not ${constraintIs(relation, shortName(old.name, "full"))}`,
            `alter table ${table} add constraint ${fullName} check (${matchFull})`,
          ),
        ];
  return {
    title: `${table}: ${old.name} carries the tenant`,
    statements: [
      ...full,
      when(
        `not ${isNew} and not ${carries}`,
        `alter table ${table} add constraint ${mine} ${definition}${proven.unproven}`,
      ),
      ...proven.validate(mine).map((validate) => when(isNew, `alter table ${table} ${validate}`)),
      when(
        isNew,
        `alter table ${table} drop constraint if exists ${original}`,
        `alter table ${table} rename constraint ${mine} to ${original}`,
      ),
    ],
    undo: [
      `alter table ${table} drop constraint if exists ${mine}`,
      when(
        carries,
        `alter table ${table} drop constraint ${original}`,
        `alter table ${table} add constraint ${original} ${oldDefinition}${old.validated ? proven.unproven : " not valid"}`,
      ),
      ...(old.validated ? proven.validate(original) : []).map(
        (validate) => `alter table ${table} ${validate}`,
      ),
      ...(matchFull === undefined
        ? []
        : [`alter table ${table} drop constraint if exists ${fullName}`]),
    ],
  };
}

/** A partitioned table takes no NOT VALID foreign key before PostgreSQL 18: it is proven as it is added. */
function proof(kind: AdoptedTable["relation"]["kind"]): {
  readonly unproven: string;
  readonly validate: (name: string) => readonly string[];
} {
  return kind === "partitioned table"
    ? { unproven: "", validate: () => [] }
    : { unproven: " not valid", validate: (name: string) => [`validate constraint ${name}`] };
}

function toRegistry({ relation }: AdoptedTable): Step {
  const table = sqlName(relation);
  const name = shortName(relation.name, "tenant_fkey");
  const has = `exists (select from pg_catalog.pg_constraint k join pg_catalog.pg_attribute a on a.attrelid = k.conrelid and k.conkey = array[a.attnum]
    where k.conrelid = '${table.replaceAll("'", "''")}'::regclass and k.confrelid = 'tenantry.tenant'::regclass and a.attname = 'tenant_id')`;
  const { unproven, validate } = proof(relation.kind);
  return {
    title: `${table}.tenant_id references the registry`,
    statements: [
      when(
        `not ${has}`,
        `alter table ${table} add constraint ${quoted(name)} foreign key (tenant_id) references tenantry.tenant (id)${unproven}`,
      ),
      ...validate(quoted(name)).map((proof) =>
        when(constraintIs(relation, name), `alter table ${table} ${proof}`),
      ),
    ],
    undo: [`alter table ${table} drop constraint if exists ${quoted(name)}`],
  };
}
