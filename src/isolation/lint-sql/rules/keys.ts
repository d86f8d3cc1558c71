import type { Finding, Severity } from "../../report/finding.js";
import type { ForeignKey, Key, Table } from "../model/table.js";
import { valuesOf } from "../../catalog/key-values.js";
import { severityOfKey } from "../../checks/support/unique-keys.js";
import {
  classifiedOf,
  finding,
  list,
  sql,
  type Check,
  type Context,
  type LintRule,
} from "./rule.js";

const unique: LintRule = {
  id: "L12",
  name: "unique-without-tenant",
  severity: "medium",
  gaps: ["D4", "D5"],
  title: "A key must be unique across all tenants",
  meaning:
    "A tenant learns by an insert that fails whether another one has the value, and can take a value away from it. On servers without the fix for CVE-2026-120154, ON CONFLICT reads the other's row.",
};

const reference: LintRule = {
  id: "L13",
  name: "reference-without-tenant",
  severity: "high",
  gaps: ["D1", "D2", "D3"],
  title: "A reference can lead into another tenant",
  meaning:
    "PostgreSQL checks references without row security: a row may point at another tenant's, which also tells whether that row exists. With a cascade, one tenant's delete changes another's rows.",
};

const nulled: LintRule = {
  id: "L14",
  name: "reference-nulls-tenant",
  severity: "high",
  gaps: ["D6"],
  title: "A delete takes the tenant off the rows that refer to it",
  meaning: "ON DELETE SET NULL without a list of columns nulls the tenant's column too.",
};

const unvalidated: LintRule = {
  id: "L15",
  name: "constraint-not-validated",
  severity: "medium",
  gaps: ["C13"],
  title: "A constraint is NOT VALID and never validated",
  meaning: "Rows from before it may break it, cross-tenant references included.",
};

function keysOf(table: Table, tenant: string, context: Context): Finding[] {
  const { relation } = classifiedOf(table, context);
  const lacking = [...table.keys].filter(([, { columns }]) => !columns.includes(tenant));
  return lacking.map(([name, { kind, columns, place }]) => {
    const what = { primary: "primary key", unique: "unique key", exclusion: "exclusion" }[kind];
    const message = `${table.name}: the ${what} (${list(columns)}) lacks ${tenant}.`;
    const mend = mendKey(table, name, { kind, columns, place }, tenant);
    const index = relation.indexes.find((each) => each.name === name);
    const severity = index === undefined ? "medium" : severityOfKey[valuesOf(relation, index)];
    return finding(unique, table.name, place, message, mend, { detail: name, severity });
  });
}

function mendKey({ name: table }: Table, name: string, { kind, columns }: Key, tenant: string) {
  const all = `${sql(tenant)}, ${list(columns)}`;
  if (kind === "exclusion" || columns.includes("(…)")) {
    return `Drop ${name} and make it anew with ${tenant} first${kind === "exclusion" ? ", WITH =" : ""}.`;
  }
  const key = kind === "primary" ? "primary key" : "unique";
  return `alter table ${sql(table)} drop constraint ${sql(name)}, add constraint ${sql(name)} ${key} (${all});`;
}

function referencesOf(table: Table, tenant: string, context: Context): Finding[] {
  return [...table.foreignKeys].flatMap(([name, key]) => {
    const target = context.model.tables.get(key.target);
    if (!context.tenancy.isTenants(key.target)) return [];
    const there =
      target === undefined ? context.tenancy.usualColumn : context.tenancy.columnName(target);
    // The tenant's own row, as organizations.id.
    const leadsToRoot = key.columns.length === 1 && key.columns[0] === tenant;
    if (leadsToRoot) return [];
    return carriesTenant(key, tenant, there)
      ? nulledBy(table, name, key, tenant)
      : [crossing(table, name, key, tenant, there)];
  });
}

/** Without a list the reference is to the primary key, in the order of its columns. */
function carriesTenant(
  { columns, targetColumns }: ForeignKey,
  tenant: string,
  there: string,
): boolean {
  const index = columns.indexOf(tenant);
  if (index === -1) return false;
  return targetColumns.length === 0 || targetColumns[index] === there;
}

function crossing(
  table: Table,
  name: string,
  key: ForeignKey,
  tenant: string,
  there: string,
): Finding {
  const { columns, target, targetColumns, onDelete, onUpdate, place } = key;
  const changes = /[cnd]/.test(onDelete) || onUpdate === "c";
  const severity: Severity = changes ? "critical" : "high";
  const message = `${table.name} (${list(columns)}) references ${target} without ${tenant}${changes ? ", and a delete or update follows the reference" : ""}.`;
  const others = targetColumns.filter((column) => column !== there);
  const ends = others.length === 0 ? "…" : list(others);
  const mend =
    `alter table ${sql(table.name)} drop constraint ${sql(name)}, add constraint ${sql(name)}` +
    ` foreign key (${list([tenant, ...columns.filter((each) => each !== tenant)])})` +
    ` references ${sql(target)} (${sql(there)}, ${ends});`;
  return finding(reference, table.name, place, message, mend, { detail: name, severity });
}

function nulledBy(table: Table, name: string, key: ForeignKey, tenant: string): Finding[] {
  if (key.onDelete !== "n" && key.onDelete !== "d") return [];
  if (key.setColumns.length > 0 && !key.setColumns.includes(tenant)) return [];
  const others = key.columns.filter((column) => column !== tenant);
  const message = `${table.name}: a delete in ${key.target} sets ${tenant} to null with ${list(others)}.`;
  const mend = `Make ${name} anew with: on delete set null (${list(others)})`;
  return [finding(nulled, table.name, key.place, message, mend, { detail: name })];
}

function openConstraints(table: Table): Finding[] {
  const keys = [...table.foreignKeys].filter(([, { validated }]) => !validated);
  const places = [...keys.map(([name, { place }]) => [name, place] as const), ...table.unvalidated];
  return places.map(([name, place]) => {
    const message = `${table.name}: ${name} is NOT VALID, and no later migration validates it.`;
    const mend = `alter table ${sql(table.name)} validate constraint ${sql(name)};`;
    return finding(unvalidated, table.name, place, message, mend, { detail: name });
  });
}

function find(context: Context): Finding[] {
  return context.tenancy.tenantTables.flatMap((table) => {
    const tenant = context.tenancy.columnName(table);
    // What lacks the column altogether is one finding, not one for each key.
    const missing = table.created && context.tenancy.column(table) === undefined;
    const keys = missing
      ? []
      : [...keysOf(table, tenant, context), ...referencesOf(table, tenant, context)];
    return [...keys, ...openConstraints(table)];
  });
}

export const keyChecks: readonly Check[] = [
  { rules: [unique, reference, nulled, unvalidated], find },
];
