import type { Finding, Severity } from "../../report/finding.js";
import type { BroadGrant, Grant } from "../model/model.js";
import { finding, sql, type Check, type Context, type LintRule } from "./rule.js";

const excess: LintRule = {
  id: "L22",
  name: "grant-too-much",
  severity: "critical",
  gaps: ["C9", "C10", "C11"],
  title: "The application may do what gets round row security",
  meaning:
    "TRUNCATE empties the table for all tenants. TRIGGER lets the application run code inside other tenants' writes, and as whoever migrates. REFERENCES tells whether a row exists and blocks its delete. GRANT ALL gives all three.",
};

const everyone: LintRule = {
  id: "L23",
  name: "grant-to-public",
  severity: "high",
  gaps: ["B5", "C7"],
  title: "Every role may reach a tenant's table",
  meaning: "A grant to PUBLIC reaches roles that no policy was written for.",
};

const allTables: LintRule = {
  id: "L24",
  name: "grant-on-all-tables",
  severity: "medium",
  gaps: ["C7"],
  title: "A grant covers every table of a schema",
  meaning:
    "Partitions, materialized views and tables that are not protected come along: a partition reached directly answers to its own policies, not to its parent's.",
};

const defaults: LintRule = {
  id: "L25",
  name: "default-privileges",
  severity: "medium",
  gaps: ["C8"],
  title: "New tables are open before they are protected",
  meaning: "ALTER DEFAULT PRIVILEGES gives every later table away at once, partitions included.",
};

/** Of several, the worst decides. */
const dangers: Readonly<Record<string, Severity>> = {
  truncate: "critical",
  trigger: "critical",
  references: "medium",
};

function onTables({ model, tenancy }: Context): Finding[] {
  const groups = new Map<string, Grant[]>();
  for (const grant of model.grants.filter(({ table }) => tenancy.isTenants(table))) {
    const key = `${grant.table} ${grant.grantee}`;
    groups.set(key, [...(groups.get(key) ?? []), grant]);
  }
  return [...groups.values()].flatMap((grants) => {
    const { table, grantee } = grants[0]!;
    const owner = model.tables.get(table)?.owner?.role;
    const apps = tenancy.isApps(grantee);
    if (apps === false || grantee === owner) return [];
    return [...dangerous(grants, apps === undefined), ...toEveryone(grants)];
  });
}

function dangerous(grants: readonly Grant[], uncertain: boolean): Finding[] {
  const found = grants.filter(({ privilege }) => privilege in dangers);
  const [first] = found;
  if (first === undefined) return [];
  const { table, grantee } = first;
  const names = [...new Set(found.map(({ privilege }) => privilege))].sort();
  const worst = names.some((name) => dangers[name] === "critical");
  const severity = worst ? (uncertain ? "high" : "critical") : "medium";
  const message = `${grantee} gets ${names.join(", ").toUpperCase()} on ${table}.`;
  const mend = `revoke ${names.join(", ")} on ${sql(table)} from ${sql(grantee)};`;
  return [finding(excess, table, first.place, message, mend, { detail: grantee, severity })];
}

function toEveryone(grants: readonly Grant[]): Finding[] {
  const [first] = grants.filter(({ grantee }) => grantee === "public");
  if (first === undefined) return [];
  const message = `PUBLIC may ${first.privilege} ${first.table}.`;
  const mend = `revoke all on ${sql(first.table)} from public;`;
  return [finding(everyone, first.table, first.place, message, mend)];
}

function broad(rule: LintRule, grants: readonly BroadGrant[], { tenancy }: Context): Finding[] {
  const counted = grants.filter(({ grantee }) => tenancy.isApps(grantee) !== false);
  return counted.map(({ schema, grantee, privileges, place }) => {
    const where = schema === "*" ? "every schema" : `schema ${schema}`;
    const what = privileges.join(", ").toUpperCase();
    const isDefault = rule === defaults;
    const message = `${grantee} gets ${what} on ${isDefault ? "every later table" : "all tables"} of ${where}.`;
    const inSchema = schema === "*" ? "" : ` in schema ${sql(schema)}`;
    const mend = isDefault
      ? `alter default privileges${inSchema} revoke all on tables from ${sql(grantee)}; and grant on each table after it is protected.`
      : `Grant on each protected table by its name; for the rest: revoke all on all tables${inSchema} from ${sql(grantee)};`;
    const severity = privileges.some((name) => dangers[name] === "critical") ? "high" : "medium";
    return finding(rule, `schema ${schema}`, place, message, mend, { detail: grantee, severity });
  });
}

export const grantChecks: readonly Check[] = [
  { rules: [excess, everyone], find: onTables },
  { rules: [allTables], find: (context) => broad(allTables, context.model.broadGrants, context) },
  { rules: [defaults], find: (context) => broad(defaults, context.model.defaultGrants, context) },
];
