import { literal, sqlName } from "../../../catalog/names.js";
import type { Relation } from "../../../catalog/relation.js";
import { storesOf, type AdoptedTable, type Adoption } from "../../adoption.js";
import { dollarQuoted } from "../sql.js";
import type { Stage } from "../step.js";
import { tenantOfRow } from "../tenant-of-row.js";

/** Blocks of a table for one transaction: 8 MB of rows. */
const blocksAtOnce = 1000;

/** Fills the column in for the rows that were there before. */
export function backfill(adoption: Adoption): Stage {
  const tables = adoption.tables.filter(({ ways }) => ways.length > 0);
  return {
    number: 30,
    name: "backfill",
    purpose:
      "Fills tenant_id in for the rows that were there before, parents first: 1,000 blocks of a table at a time, in the order in which they lie on the disk, so that it needs no primary key. It commits after each batch; interrupted, it goes on with the rows that are left. Where the role may set session_replication_role, the table's own triggers stay silent; otherwise they fire, as for any update.",
    locks: "Row locks on one batch at a time.",
    duration:
      "As long as it takes to write every row of these tables once. The old versions are left to autovacuum.",
    steps: tables.flatMap((table) =>
      storesOf(table).map((store) => ({
        title: `the rows of ${sqlName(store)}`,
        statements: [inBatches(store, table)],
        undo: [],
      })),
    ),
  };
}

function inBatches(store: Relation, table: AdoptedTable): string {
  const name = sqlName(store);
  return dollarQuoted(`declare
  block bigint := 0;
  blocks constant bigint := pg_catalog.pg_relation_size(${literal(name)}::regclass) / pg_catalog.current_setting('block_size')::bigint;
  is_silent constant boolean := coalesce((select rolsuper from pg_catalog.pg_roles where rolname = current_user), false)
    or pg_catalog.has_parameter_privilege(current_user, 'session_replication_role', 'SET');
  first_row tid;
  past_row tid;
  filled bigint;
  total bigint := 0;
begin
  while block <= blocks loop
    -- Policies that hide rows from this role must stop it, not make it skip them.
    perform pg_catalog.set_config('row_security', 'off', true);
    if is_silent then
      perform pg_catalog.set_config('session_replication_role', 'replica', true);
    end if;
    first_row := pg_catalog.format('(%s,0)', block)::tid;
    past_row := pg_catalog.format('(%s,0)', block + ${blocksAtOnce})::tid;
    update only ${name} child set tenant_id = ${tenantOfRow(table, "child")}
      where child.ctid >= first_row and child.ctid < past_row and child.tenant_id is null
        and ${tenantOfRow(table, "child")} is not null;
    get diagnostics filled = row_count;
    commit;
    total := total + filled;
    block := block + ${blocksAtOnce};
    raise info '%: % rows filled in, % of % blocks seen', ${literal(name)}, total, least(block, blocks), blocks;
  end loop;
end`);
}
