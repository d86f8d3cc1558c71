import { markOf, type DemoTenant } from "../seed/tenants.js";
import type { Attack, AttackRequest } from "./attack.js";

export interface SqlTargets {
  readonly own: DemoTenant;
  readonly other: DemoTenant;
  readonly otherId: string;
  /** A genuine one of the other tenant. */
  readonly expiredSeal: string;
}

/** Ends the search's text, adds `branches` to its rows, and comments the rest away. */
export function union(...branches: readonly string[]): string {
  return [`zzz%'`, ...branches.map((branch) => `union all ${branch}`), "--"].join(" ");
}

/** All rows of a table of documents, with no condition. */
export function everything(table: string): string {
  return `select id, title, body from ${table}`;
}

export function search(injected: string, path = "/api/documents"): AttackRequest {
  return { method: "GET", path: `${path}?${new URLSearchParams({ search: injected })}` };
}

/** Sets something inside the SELECT, then reads everything under it. */
export function setting(name: string, value: string, table = "documents"): string {
  return union(`select 0, set_config('${name}', ${value}, true), ''`, everything(table));
}

const refused = (sqlstate: string) => ({ status: 500, body: `"sqlstate":"${sqlstate}"` });
/** The statement ran, and nothing came back but the row that the injection itself made up. */
const noRows = { status: 200, body: '{"documents":[{"id":0,"title":"","body":""}]}' };
const ownSeal = "current_setting('tenantry.scope')";

/** The seal of the request itself, with another tenant in it. */
export function swappedSeal(otherId: string): string {
  return `overlay(${ownSeal} placing '${otherId}' from 24)`;
}

export function sqlAttacks({ own, other, otherId, expiredSeal }: SqlTargets): readonly Attack[] {
  const leak = markOf(other);
  const forged = `left(${ownSeal}, 23) || '${otherId}..' || repeat('0', 64)`;
  return [
    {
      id: "union",
      title: "Read every document",
      tries: "A UNION that asks for all rows of the table, with no condition.",
      outcome: `The statement runs, and row security answers with ${own.name}'s rows only.`,
      request: search(union(everything("documents"))),
      leak,
      expected: { status: 200, body: markOf(own) },
    },
    {
      id: "forged",
      title: "Set a forged scope",
      tries: `Writes ${other.name}'s id and a made-up signature into the setting that the policies read.`,
      outcome: "PostgreSQL checks the seal's signature before it believes a word of it.",
      request: search(setting("tenantry.scope", forged)),
      leak,
      expected: refused("TN002"),
    },
    {
      id: "swapped",
      title: "Swap the tenant in one's own seal",
      tries: `Takes the genuine seal of this request and puts ${other.name}'s id in its place.`,
      outcome: "The signature covers the tenant, so the seal is no longer good.",
      request: search(setting("tenantry.scope", swappedSeal(otherId))),
      leak,
      expected: refused("TN002"),
    },
    {
      id: "expired",
      title: "Use an expired seal",
      tries: `Sets a genuine seal of ${other.name}, stolen earlier; its time has run out.`,
      outcome: "A seal is good for a minute at most, unless configured otherwise.",
      request: search(setting("tenantry.scope", `'${expiredSeal}'`)),
      leak,
      expected: refused("TN003"),
    },
    {
      id: "empty",
      title: "Empty the scope",
      tries: "Hopes that no tenant means all tenants.",
      outcome: "No scope is an error. It is never everything.",
      request: search(setting("tenantry.scope", "''")),
      leak,
      expected: refused("TN001"),
    },
    {
      id: "operator",
      title: "Pass for an operator",
      tries:
        "Empties the scope and offers the own seal as the operator's, who may see every tenant.",
      outcome:
        "An operator has another login, and seals made with another key. The one row that came back is the attacker's own.",
      request: search(
        union(
          `select 0 * length(set_config('tenantry.operator', ${ownSeal}, true)), set_config('tenantry.scope', '', true), ''`,
          everything("documents"),
        ),
      ),
      leak,
      expected: noRows,
    },
    {
      id: "key-table",
      title: "Read the signing keys",
      tries: "Selects from tenantry.seal_key.",
      outcome: "Only the owner of the schema reads that table; no service logs in as its owner.",
      request: search(union("select 0, id, encode(inner_pad, 'hex') from tenantry.seal_key")),
      leak,
      expected: refused("42501"),
    },
    {
      id: "customers",
      title: "List the customers",
      tries: "Selects from the registry of tenants.",
      outcome: "The service asks for one tenant at a time, under a seal; it cannot list them.",
      request: search(union("select 0, slug, name from tenantry.tenant")),
      leak: `"${other.slug}"`,
      expected: refused("42501"),
    },
    {
      id: "activity",
      title: "Watch other sessions",
      tries:
        "Reads pg_stat_activity, where PostgreSQL shows what every session of this login runs.",
      outcome:
        "Refused before it was sent: texts can hold values. Seals are never in them; they travel apart, as parameters.",
      request: search(union("select pid, usename::text, query from pg_stat_activity")),
      leak: `${markOf(other)}|t1\\.[0-9a-f]{8}\\.[0-9]{10}\\.`,
      expected: { status: 500, body: "STATEMENT_REFUSED" },
    },
    {
      id: "update",
      title: "Overwrite blindly",
      tries: "Ends the SELECT and adds an UPDATE of every document behind it.",
      outcome: "One statement at a time: PostgreSQL's extended protocol takes no second one.",
      request: search("zzz'; update documents set body = 'taken' --"),
      leak,
      expected: refused("42601"),
    },
    {
      id: "function",
      title: "Replace the check itself",
      tries: "Creates a tenantry.current_tenant() of its own, by way of a function that runs SQL.",
      outcome:
        "SQL inside SQL is refused before it is sent. And the login may create nothing, anywhere.",
      request: search(
        union(`select 0, query_to_xml('${createFunction}', true, false, '')::text, ''`),
      ),
      leak,
      expected: { status: 500, body: "STATEMENT_REFUSED" },
    },
    {
      id: "temporary-table",
      title: "Shadow the table",
      tries: "Creates a temporary table called documents, to catch what the next request writes.",
      outcome:
        "SQL inside SQL is refused before it is sent. And the login has no temporary tables.",
      request: search(union(`select 0, query_to_xml('${createTable}', true, false, '')::text, ''`)),
      leak,
      expected: { status: 500, body: "STATEMENT_REFUSED" },
    },
  ];
}

const createFunction =
  "create or replace function tenantry.current_tenant() returns uuid language sql as $$ select null::uuid $$";
const createTable = "create temporary table documents (id int, title text, body text)";
