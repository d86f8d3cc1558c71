import { sqlName } from "../../../catalog/names.js";
import { attacks } from "../../rules.js";
import { made, type SharedMutant, type TableMutant } from "../mutant.js";

function granted(name: string, gaps: string, sql: TableMutant["sql"]): TableMutant {
  return { name, gaps, expect: [attacks.excessPrivilege], on: "table", sql };
}

function write(name: string, privilege: string): SharedMutant {
  return {
    name,
    gaps: "C9",
    expect: [attacks.globalWrite],
    on: "global table",
    sql: ({ app }, { relation }) => [`grant ${privilege} on ${sqlName(relation)} to ${app}`],
  };
}

export const privilegeMutants: readonly (TableMutant | SharedMutant)[] = [
  granted("truncate-granted", "C9", ({ sql, app }) => [`grant truncate on ${sql} to ${app}`]),
  granted("truncate-granted-to-public", "C9", ({ sql }) => [`grant truncate on ${sql} to public`]),
  granted("trigger-granted", "C10", ({ sql, app }) => [`grant trigger on ${sql} to ${app}`]),
  granted("trigger-granted-to-a-group", "C10", ({ sql, app }) => [
    `create role ${made}`,
    `grant trigger on ${sql} to ${made}`,
    `grant ${made} to ${app}`,
  ]),
  granted("references-granted", "C11", ({ sql, app }) => [`grant references on ${sql} to ${app}`]),
  granted("all-granted", "C9 C10 C11", ({ sql, app }) => [`grant all on ${sql} to ${app}`]),
  {
    ...granted("maintain-granted", "C9", ({ sql, app }) => [`grant maintain on ${sql} to ${app}`]),
    fits: ({ subject }) => subject.catalog.server.number >= 170_000,
  },
  write("global-table-insert-granted", "insert"),
  write("global-table-update-granted", "update"),
  write("global-table-truncate-granted", "truncate"),
  {
    name: "operator-table-granted",
    gaps: "C8 C19",
    expect: [attacks.operatorRead],
    on: "operator table",
    sql: ({ app }, { relation }) => [
      `alter table ${sqlName(relation)} disable row level security`,
      `grant select on ${sqlName(relation)} to ${app}`,
    ],
  },
  {
    name: "operator-table-writes-granted",
    gaps: "C8 C19",
    expect: [attacks.operatorWrite],
    on: "operator table",
    sql: ({ app }, { relation }) => [
      `alter table ${sqlName(relation)} enable row level security`,
      `create policy ${made} on ${sqlName(relation)} using (true) with check (true)`,
      `grant select, insert, update, delete on ${sqlName(relation)} to ${app}`,
    ],
  },
];
