import type { Finding } from "../../report/finding.js";
import type { Table } from "../model/table.js";
import { softened } from "./softened.js";
import { finding, sql, type Check, type Context, type LintRule } from "./rule.js";

const unclassified: LintRule = {
  id: "L1",
  name: "table-unclassified",
  severity: "medium",
  gaps: [],
  title: "A new table belongs to nobody known",
  meaning:
    "Neither the manifest nor tenantry.protect(), share() or restrict() says whose the rows of this table are. What nobody classified nobody protects: the first tenant's row in it is open to all.",
};

const withoutColumn: LintRule = {
  id: "L2",
  name: "tenant-column-missing",
  severity: "high",
  gaps: ["D8", "D9"],
  title: "A tenant's table has no column for the tenant",
  meaning:
    "Its rows belong to a tenant through other rows alone. Keys and references cannot carry the tenant then, and every policy has to look the tenant up in another table.",
};

const off: LintRule = {
  id: "L3",
  name: "row-security-off",
  severity: "critical",
  gaps: ["A1", "C7"],
  title: "Row security is off on a tenant's table",
  meaning: "Every statement without a WHERE of its own reads and writes all tenants' rows.",
};

const switchedOff: LintRule = {
  id: "L4",
  name: "row-security-switched-off",
  severity: "critical",
  gaps: ["A1", "A2"],
  title: "A migration switches row security off",
  meaning:
    "DISABLE makes the table's policies dormant; NO FORCE lets its owner past them. No later migration turns them on again.",
};

const unforced: LintRule = {
  id: "L5",
  name: "row-security-not-forced",
  severity: "critical",
  gaps: ["A2", "A3"],
  title: "Row security does not hold the owner",
  meaning:
    "The table's owner, and every role that inherits from it, passes its policies. Most services log in as the role that ran the migrations.",
};

const withoutPolicy: LintRule = {
  id: "L6",
  name: "row-security-without-policy",
  severity: "low",
  gaps: ["B1"],
  title: "Row security is on and there is no policy",
  meaning: "Nobody but a superuser sees a row: an outage, not a leak.",
};

const foreign: LintRule = {
  id: "L7",
  name: "foreign-table",
  severity: "high",
  gaps: ["C3"],
  title: "A foreign table holds tenants' rows",
  meaning: "PostgreSQL enforces no row security on a foreign table.",
};

function findIn(table: Table, context: Context): Finding[] {
  const { tenancy } = context;
  const switched = switches(table);
  const kind = tenancy.classOf(table);
  const soften = (found: Finding) => softened(found, table, context);
  if (kind === undefined) {
    return [...switched, ...unknown(table, context).map(soften)];
  }
  if (kind !== "tenant") return switched;
  const { name, created, place } = table;
  if (table.foreign) {
    const message = `${name} is a foreign table with tenants' rows.`;
    const mend = `Keep the application's roles off it: revoke all on ${sql(name)} from …;`;
    return [finding(foreign, name, place, message, mend)];
  }
  if (!created) return switched;
  const missing = tenancy.column(table) === undefined;
  return [
    ...(missing ? [noColumn(table, tenancy.columnName(table))] : []),
    ...switched,
    ...(switched.length > 0 ? [] : enforcement(table, context).map(soften)),
  ];
}

function noColumn({ name, place }: Table, column: string): Finding {
  const message = `${name} is a tenant's table and has no column ${column}.`;
  const mend = `Add it, fill it in and make it NOT NULL; \`tenantry adopt\` writes the steps.`;
  return finding(withoutColumn, name, place, message, mend);
}

function switches({ name, rowSecurity, forced }: Table): Finding[] {
  const disabled = !rowSecurity.on && rowSecurity.place !== undefined;
  const loosened = !forced.on && forced.place !== undefined;
  return [
    ...(disabled
      ? [
          finding(
            switchedOff,
            name,
            rowSecurity.place!,
            `${name}: DISABLE ROW LEVEL SECURITY, and no later migration enables it.`,
            `alter table ${sql(name)} enable row level security;`,
            { detail: "disable" },
          ),
        ]
      : []),
    ...(loosened
      ? [
          finding(
            switchedOff,
            name,
            forced.place!,
            `${name}: NO FORCE ROW LEVEL SECURITY, and no later migration forces it.`,
            `alter table ${sql(name)} force row level security;`,
            { detail: "no force" },
          ),
        ]
      : []),
  ];
}

function enforcement(table: Table, { tenancy, model }: Context): Finding[] {
  const { name, rowSecurity, forced, policies, parent } = table;
  const place = rowSecurity.place ?? table.place;
  if (!rowSecurity.on) return [isOff(table, model.usesTenantry, tenancy.columnName(table))];
  const loose = forced.on
    ? []
    : [
        finding(
          unforced,
          name,
          place,
          `${name}: row security is enabled, not forced.`,
          `alter table ${sql(name)} force row level security;`,
        ),
      ];
  if (policies.size > 0 || parent !== undefined) return loose;
  const message = `${name}: row security is enabled, and no policy was created.`;
  const mend = `create policy tenant on ${sql(name)} using (${sql(tenancy.columnName(table))} = …);`;
  return [...loose, finding(withoutPolicy, name, place, message, mend)];
}

function isOff({ name, parent, place }: Table, usesTenantry: boolean, column: string): Finding {
  const what =
    parent === undefined ? `${name} is a tenant's table` : `${name} is a part of ${parent}`;
  const mend = usesTenantry
    ? `select tenantry.protect('${sql(parent ?? name)}');`
    : `alter table ${sql(name)} enable row level security, force row level security;` +
      ` create policy tenant on ${sql(name)} using (${sql(column)} = …);`;
  const message = `${what} and its row security is never enabled.`;
  // Reached through its parent, a part answers to the parent's policies.
  return finding(off, name, place, message, mend, parent === undefined ? {} : { severity: "high" });
}

function unknown({ name, created, place }: Table, { tenancy, model }: Context): Finding[] {
  if (!created || name === tenancy.root || name.startsWith("tenantry.")) return [];
  if (!tenancy.hasManifest && !model.usesTenantry) return [];
  const message = `${name} is neither in the manifest nor protected, shared or restricted.`;
  const mend = model.usesTenantry
    ? `select tenantry.protect('${sql(name)}'); or, where all tenants read it: select tenantry.share('${sql(name)}', 'why');`
    : `Add "${name}" to the manifest with its class: tenant, global or operator.`;
  return [finding(unclassified, name, place, message, mend)];
}

export const tableChecks: readonly Check[] = [
  {
    rules: [unclassified, withoutColumn, off, switchedOff, unforced, withoutPolicy, foreign],
    find: (context) =>
      [...context.model.tables.values()].flatMap((table) => findIn(table, context)),
  },
];
