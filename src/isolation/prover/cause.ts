import { heldRoles, reachableRoles } from "../catalog/powers.js";
import { literal, quoted } from "../catalog/names.js";
import type { Policy } from "../catalog/relation.js";
import type { Role } from "../catalog/roles.js";
import { everyone } from "../catalog/catalog.js";
import type { Target } from "./target.js";

/** Why a table is open, as far as the catalogs tell, and the SQL that closes it. */
export interface Cause {
  /** Follows the message, as a sentence. */
  readonly why: string;
  readonly mend: string;
}

type Verb = "SELECT" | "INSERT" | "UPDATE" | "DELETE";

export function causeOf(target: Target, role: Role, verb: Verb): Cause {
  const { relation, sql, rights } = target;
  const name = quoted(role.name);
  if (role.superuser || role.bypassRowSecurity) {
    const attributes = role.superuser ? "is a superuser" : "has BYPASSRLS";
    return {
      why: `The role ${role.name} ${attributes}, so no policy binds it.`,
      mend: `ALTER ROLE ${name} NOSUPERUSER NOBYPASSRLS;`,
    };
  }
  if (!relation.rowSecurity) {
    const dormant = relation.policies.length > 0 ? ", so its policies sleep" : "";
    return { why: `Row security is disabled${dormant}.`, mend: enable(target) };
  }
  if (!relation.forceRowSecurity && rights.owner && inheritsOwner(target, role)) {
    return {
      why: `${role.name} has the owner's rights, and row security is not forced.`,
      mend: `ALTER TABLE ${sql} FORCE ROW LEVEL SECURITY; -- and let a role own it that ${role.name} is no member of`,
    };
  }
  const policies = permissive(target, role, verb).map(({ name: policy }) => policy);
  const why =
    policies.length === 0
      ? "No policy of the table lets this through; a rule, a trigger or a parent's cascade does."
      : `What lets it through: ${policies.map((policy) => `policy ${policy}`).join(", ")}.`;
  return { why, mend: floor(target) };
}

/** A floor under every command and every policy; or Tenantry's own. */
export function floor(target: Target): string {
  const { tenantColumn, sql, subject } = target;
  const { context } = subject;
  if (context.sealed && tenantColumn === "tenant_id") {
    return `SELECT tenantry.protect(${literal(sql)});`;
  }
  if (tenantColumn === undefined) {
    return `-- Give ${sql} a tenant column, then a RESTRICTIVE policy on it for ALL commands TO PUBLIC; \`tenantry adopt\` writes the steps.`;
  }
  const condition = `${quoted(tenantColumn)} = (SELECT ${currentTenant(target)})`;
  return `CREATE POLICY tenant_floor ON ${sql} AS RESTRICTIVE FOR ALL TO PUBLIC USING (${condition}) WITH CHECK (${condition});`;
}

/** How this database's policies can ask for the acting tenant. */
export function currentTenant({ relation, subject, tenantColumn }: Target): string {
  const { settings, functions, sealed } = subject.context;
  const type = relation.columns.find(({ name }) => name === tenantColumn)?.type ?? "uuid";
  if (sealed) return "tenantry.current_tenant()";
  const [setting] = settings.filter((each) => !/claims?$/.test(each));
  if (setting !== undefined) {
    return `NULLIF(current_setting(${literal(setting)}, true), '')::${type}`;
  }
  return functions[0] === undefined ? "your_current_tenant()" : `${functions[0]}()`;
}

function enable(target: Target): string {
  const { sql, relation } = target;
  const switches = `ALTER TABLE ${sql} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;`;
  if (relation.policies.length > 0) return switches;
  const policy = floor(target);
  if (policy.startsWith("SELECT")) return policy;
  return `${switches} ${policy} -- with a permissive policy beside it for those who may`;
}

function inheritsOwner({ subject, relation }: Target, role: Role): boolean {
  return heldRoles(subject.catalog, role.oid).includes(relation.owner);
}

/** The permissive policies that apply to a role, without and with SET ROLE. */
function permissive({ subject, relation }: Target, role: Role, verb: Verb): readonly Policy[] {
  const roles = new Set([everyone, ...reachableRoles(subject.catalog, role.oid)]);
  return relation.policies.filter(
    (policy) =>
      policy.permissive &&
      (policy.command === "ALL" || policy.command === verb) &&
      policy.roles.some((each) => roles.has(each)),
  );
}
