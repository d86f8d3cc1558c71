import { quoted, sqlName } from "../../../catalog/names.js";
import type { Relation } from "../../../catalog/relation.js";
import { isChild, tenantColumnOf, type AdoptedTable, type Adoption } from "../../adoption.js";
import { forNobodyElse, helperName } from "../sql.js";
import type { Stage, Step } from "../step.js";
import { tenantOfRow } from "../tenant-of-row.js";

/** Adds the column, empty, and a trigger that fills it in for what the old app writes meanwhile. */
export function columns(adoption: Adoption): Stage {
  const tables = adoption.tables.filter(({ ways }) => ways.length > 0);
  return {
    number: 20,
    name: "columns",
    purpose:
      "Adds tenant_id, without a default, to the tables that lack it, and a trigger that fills it in for rows that are written during the rollout.",
    locks: "ACCESS EXCLUSIVE on one table at a time, for a moment: nothing is rewritten.",
    duration: "Milliseconds for each table, once it has the lock.",
    steps: tables.flatMap((table) => [
      ...(isChild(adoption, table) ? [] : column(table)),
      ...fill(table),
    ]),
  };
}

function column({ relation }: AdoptedTable): readonly Step[] {
  if (tenantColumnOf(relation) !== undefined) return [];
  const table = sqlName(relation);
  return [
    {
      title: `${table} gets tenant_id`,
      statements: [`alter table ${table} add column if not exists tenant_id uuid`],
      undo: [`alter table ${table} drop column if exists tenant_id`],
    },
  ];
}

function fill(table: AdoptedTable): readonly Step[] {
  const forward = { ...table, ways: table.ways.filter(({ inverse }) => !inverse) };
  return [
    ...(forward.ways.length === 0 ? [] : [fillFromParents(forward)]),
    ...table.ways
      .filter(({ inverse }) => inverse)
      .map((way) => fillFromOwner(table.relation, way.target, way)),
  ];
}

function fillFromParents(table: AdoptedTable): Step {
  const name = sqlName(table.relation);
  const helper = helperName("fill", table.relation);
  const leading = [
    ...new Set(table.ways.flatMap((way) => way.columns.map((each) => quoted(each.name)))),
  ];
  return {
    title: `new rows of ${name} learn their tenant`,
    statements: [
      ...triggerFunction(
        helper,
        `  if tg_op = 'UPDATE' or new.tenant_id is null then
    new.tenant_id := coalesce(${tenantOfRow(table, "new")}, new.tenant_id);
  end if;
  return new;`,
      ),
      `create or replace trigger tenantry_adopt_fill before insert or update of ${leading.join(", ")} on ${name}
  for each row execute function ${helper}()`,
    ],
    undo: [
      `drop trigger if exists tenantry_adopt_fill on ${name}`,
      `drop function if exists ${helper}()`,
    ],
  };
}

/** The row that points to it comes later, and brings the tenant. */
function fillFromOwner(
  relation: Relation,
  owner: Relation,
  way: AdoptedTable["ways"][number],
): Step {
  const [name, ownerName] = [sqlName(relation), sqlName(owner)];
  const helper = helperName(
    "bring",
    relation,
    `${ownerName} ${way.targetColumns.map((each) => each.name).join()}`,
  );
  const trigger = quoted(`tenantry_adopt_${helper.slice(-12)}`);
  const match = way.columns
    .map(
      (each, index) =>
        `target.${quoted(each.name)} = new.${quoted(way.targetColumns[index]!.name)}`,
    )
    .join(" and ");
  return {
    title: `rows of ${ownerName} bring the tenant to ${name}`,
    statements: [
      ...triggerFunction(
        helper,
        `  update ${name} target set tenant_id = new.tenant_id where ${match} and target.tenant_id is null;
  return null;`,
      ),
      `create or replace trigger ${trigger} after insert or update on ${ownerName}
  for each row execute function ${helper}()`,
    ],
    undo: [
      `drop trigger if exists ${trigger} on ${ownerName}`,
      `drop function if exists ${helper}()`,
    ],
  };
}

function triggerFunction(name: string, body: string): readonly string[] {
  return [
    `create or replace function ${name}() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
${body}
end
$$`,
    forNobodyElse(`${name}()`),
  ];
}
