import type { Finding } from "../../report/finding.js";
import type { View } from "../model/model.js";
import { finding, sql, type Check, type Context, type LintRule } from "./rule.js";

const definer: LintRule = {
  id: "L16",
  name: "view-without-security-invoker",
  severity: "critical",
  gaps: ["C1"],
  title: "A view reads tenants' rows as its owner",
  meaning:
    "Without security_invoker the tables beneath a view are read with its owner's rights and policies. Where the owner passes them, every reader of the view sees all tenants.",
};

const lost: LintRule = {
  id: "L17",
  name: "view-loses-option",
  severity: "critical",
  gaps: ["C2"],
  title: "CREATE OR REPLACE VIEW drops the view's options",
  meaning:
    "Replacing a view forgets security_invoker and security_barrier unless the statement says them again: the view was safe, and is not after this migration.",
};

const materialized: LintRule = {
  id: "L18",
  name: "materialized-view",
  severity: "high",
  gaps: ["C3"],
  title: "A materialized view holds tenants' rows",
  meaning:
    "It was filled as its owner and has no row security: whoever may read it sees all tenants.",
};

/** The tenants' tables that a view reads, through other views too. */
function tenantTablesBelow(view: View, context: Context, seen = new Set<string>()): string[] {
  if (seen.has(view.name)) return [];
  seen.add(view.name);
  return [...view.reads].flatMap((name) => {
    const below = context.model.views.get(name);
    if (below !== undefined) return tenantTablesBelow(below, context, seen);
    return context.tenancy.isTenants(name) ? [name] : [];
  });
}

function findIn(view: View, context: Context): Finding[] {
  const { name, place } = view;
  const tables = [...new Set(tenantTablesBelow(view, context))];
  if (view.materialized) return tables.length === 0 ? [] : [holdsRows(view, tables, context)];
  const found: Finding[] = [];
  if (view.lost.has("security_invoker")) {
    const message = `${name} had security_invoker, and CREATE OR REPLACE VIEW dropped it.`;
    const mend = `alter view ${sql(name)} set (security_invoker = true);`;
    found.push(finding(lost, name, place, message, mend, { detail: "security_invoker" }));
  } else if (!view.invoker && tables.some((table) => isHeld(table, context))) {
    const message = `${name} reads ${tables.join(", ")} with its owner's rights.`;
    const mend = `alter view ${sql(name)} set (security_invoker = true);`;
    found.push(finding(definer, name, place, message, mend));
  }
  if (view.lost.has("security_barrier")) {
    const message = `${name} had security_barrier, and CREATE OR REPLACE VIEW dropped it.`;
    const mend = `alter view ${sql(name)} set (security_barrier = true);`;
    const extra = { detail: "security_barrier", severity: "medium" } as const;
    found.push(finding(lost, name, place, message, mend, extra));
  }
  return found;
}

/** Where nothing holds the table itself, the view shows no more than it: that is L3's. */
function isHeld(name: string, { model }: Context): boolean {
  const table = model.tables.get(name);
  return table === undefined || !table.created || table.rowSecurity.on;
}

function holdsRows({ name, place }: View, tables: readonly string[], context: Context): Finding {
  const readers = context.model.grants
    .filter(({ table }) => table === name)
    .map(({ grantee }) => grantee);
  const open = readers.filter((role) => context.tenancy.isApps(role) !== false);
  const message =
    `${name} keeps rows of ${tables.join(", ")}` +
    (open.length === 0 ? "." : `, and ${[...new Set(open)].join(", ")} may read it.`);
  const mend = `Revoke it from the application's roles, and read it through a function that takes the tenant from the scope: revoke all on ${sql(name)} from ${open.length === 0 ? "public" : list(open)};`;
  return finding(
    materialized,
    name,
    place,
    message,
    mend,
    open.length > 0 ? { severity: "critical" } : {},
  );
}

function list(roles: readonly string[]): string {
  return [...new Set(roles)].map(sql).join(", ");
}

export const viewChecks: readonly Check[] = [
  {
    rules: [definer, lost, materialized],
    find: (context) => [...context.model.views.values()].flatMap((view) => findIn(view, context)),
  },
];
