import { quoted } from "../../../catalog/names.js";
import { attacks } from "../../rules.js";
import { made, type Site, type TableMutant } from "../mutant.js";
import { hasPolicies } from "../policies.js";

const { foreignRead, foreignUpdate, foreignDelete, forgedInsert, ownerReach, roleReach } = attacks;
const everything = [foreignRead, foreignUpdate, foreignDelete, forgedInsert];

type Sql = TableMutant["sql"];

function reach(name: string, gaps: string, expect: TableMutant["expect"], sql: Sql): TableMutant {
  return { name, gaps, expect, sql, on: "table", fits: hasPolicies };
}

const noForce = ({ sql }: Site) => `alter table ${sql} no force row level security`;

/** An owner that is no superuser, so that it is the table that opens and not the role. */
const anotherOwner = ({ sql }: Site) => [
  `create role ${made}`,
  `grant create on schema ${schemaOf(sql)} to ${made}`,
  `alter table ${sql} owner to ${made}`,
];

const schemaOf = (sql: string) => sql.slice(0, sql.search(/\.(?:"(?:[^"]|"")*"|[^".]+)$/));

/** Membership that gives nothing until SET ROLE; before PostgreSQL 16 that was the member's own trait. */
const becomesOnly = ({ app, subject }: Site) =>
  subject.catalog.server.number >= 160_000
    ? [`grant ${made} to ${app} with inherit false, set true`]
    : [`alter role ${app} noinherit`, `grant ${made} to ${app}`];

export const roleMutants: readonly TableMutant[] = [
  reach("row-security-off", "A1", everything, ({ sql }) => [
    `alter table ${sql} disable row level security`,
  ]),
  {
    ...reach(
      "row-security-off-on-a-partitioned-table",
      "A1",
      [foreignRead, foreignDelete],
      (site) => [`alter table ${site.sql} disable row level security`],
    ),
    on: "partitioned table",
  },
  {
    name: "partition-granted-without-row-security",
    gaps: "C7 C8",
    expect: [foreignRead],
    on: "partition",
    sql: ({ sql, app }) => [
      `alter table ${sql} disable row level security`,
      `grant select on ${sql} to ${app}`,
    ],
  },
  {
    name: "partition-granted-with-open-policy",
    gaps: "C7",
    expect: [foreignRead, foreignDelete],
    on: "partition",
    sql: ({ sql, app, target }) => [
      ...target.relation.policies.map(({ name }) => `drop policy ${quoted(name)} on ${sql}`),
      `alter table ${sql} enable row level security`,
      `create policy ${made} on ${sql} using (true)`,
      `grant select, delete on ${sql} to ${app}`,
    ],
  },
  reach("app-owns-unforced", "A2 A3", [foreignRead, ownerReach], (site) => [
    noForce(site),
    `alter table ${site.sql} owner to ${site.app}`,
  ]),
  reach("app-owns-forced", "A3", [ownerReach], ({ sql, app }) => [
    `alter table ${sql} owner to ${app}`,
  ]),
  reach("app-inherits-owner-unforced", "A2", [foreignRead, ownerReach], (site) => [
    ...anotherOwner(site),
    noForce(site),
    `grant ${made} to ${site.app}`,
  ]),
  reach("app-inherits-owner-forced", "A3", [ownerReach], (site) => [
    ...anotherOwner(site),
    `grant ${made} to ${site.app}`,
  ]),
  reach("app-may-become-owner", "A2", [roleReach], (site) => [
    ...anotherOwner(site),
    noForce(site),
    ...becomesOnly(site),
  ]),
  reach("app-is-superuser", "A4", everything, ({ app }) => [`alter role ${app} superuser`]),
  reach("app-bypasses-row-security", "A4", everything, ({ app }) => [
    `alter role ${app} bypassrls`,
  ]),
  reach("app-may-become-bypassing-role", "A4", [roleReach], (site) => [
    `create role ${made} bypassrls`,
    `grant usage on schema ${schemaOf(site.sql)} to ${made}`,
    `grant select on ${site.sql} to ${made}`,
    `grant ${made} to ${site.app}`,
  ]),
  reach("app-may-become-superuser", "A4", [roleReach], ({ app }) => [
    `create role ${made} superuser`,
    `grant ${made} to ${app}`,
  ]),
  reach("app-may-become-superuser-at-two-removes", "A4", [roleReach], ({ app }) => [
    `create role ${made} superuser`,
    `create role ${made}_between`,
    `grant ${made} to ${made}_between`,
    `grant ${made}_between to ${app}`,
  ]),
];
