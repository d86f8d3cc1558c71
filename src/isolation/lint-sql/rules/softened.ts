import type { Finding } from "../../report/finding.js";
import type { Unread } from "../model/model.js";
import type { Table } from "../model/table.js";
import type { Context } from "./rule.js";

const byTenantry = String.raw`tenantry\s*\.\s*(protect|share|restrict)\b`;

/** What the text of SQL that mends a finding of these rules would hold. */
const mending: Readonly<Record<string, RegExp>> = {
  "table-unclassified": new RegExp(byTenantry, "i"),
  "row-security-off": new RegExp(String.raw`enable\s+row\s+level\s+security|${byTenantry}`, "i"),
  "row-security-not-forced": new RegExp(
    String.raw`force\s+row\s+level\s+security|${byTenantry}`,
    "i",
  ),
  "row-security-without-policy": new RegExp(String.raw`create\s+policy|${byTenantry}`, "i"),
};

/**
 * Lowers what is missing to `low` where SQL put together at run time, later than the table, may
 * bring it; and what the application's roles cannot reach.
 */
export function softened(found: Finding, table: Table, context: Context): Finding {
  const brought = context.model.unread.find((unread) => mayMend(unread, found.rule.name, table));
  if (brought !== undefined) {
    const { file, line } = brought.place;
    const message = `${found.message} SQL put together at run time (${file}:${line}) may do so: only tenantry audit can tell.`;
    return { ...found, severity: "low", message };
  }
  if (found.rule.name !== "row-security-off" || !isOutOfReach(table, context)) return found;
  const message = `${found.message} All on it is revoked, and no role of the application's is granted anything.`;
  return { ...found, severity: "low", message };
}

function mayMend({ dynamic }: Unread, rule: string, table: Table): boolean {
  if (dynamic === undefined || !dynamic.tables.has(table)) return false;
  return mending[rule]?.test(dynamic.runs) === true;
}

/** Somebody revoked, on purpose, and nothing gives it back: to a table, or to all of a schema. */
function isOutOfReach({ name, withheld, owner }: Table, { model, tenancy }: Context): boolean {
  const { appRoles } = tenancy;
  if (!withheld || appRoles.size === 0) return false;
  if (owner !== undefined && appRoles.has(owner.role)) return false;
  const schema = name.slice(0, name.indexOf("."));
  const mayReach = ({ grantee }: { readonly grantee: string }) =>
    tenancy.isApps(grantee) === true ||
    (!tenancy.hasNamedRoles && !grantee.startsWith("tenantry_"));
  const granted = model.grants.filter(({ table }) => table === name);
  const later = model.defaultGrants.filter((each) => [schema, "*"].includes(each.schema));
  return ![...granted, ...later].some(mayReach);
}
