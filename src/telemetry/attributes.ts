import { actorOf, who } from "./who.js";

export interface AttributeOptions {
  /** What else of the tenant is shown besides its id. Default nothing: a slug or a name is a customer's. */
  readonly include?: readonly ("slug" | "name" | "placement")[];
  /** Whether `tenantry.actor` (`user:42`, or an operator's name) is shown. Default false. */
  readonly actor?: boolean;
}

/** Attributes of OpenTelemetry that this module sets. */
export const attributeNames = {
  /** The tenant's id, a uuid. Only in a tenant's scope. */
  tenant: "tenant.id",
  /** `tenant`, `central` or `operator`. */
  context: "tenantry.context",
  actor: "tenantry.actor",
} as const;

/**
 * The attributes of the active context: the tenant's in a scope; only the kind on a central route and
 * in operator work; none outside.
 */
export function tenantAttributes(options: AttributeOptions = {}): Record<string, string> {
  const now = who();
  if (now === null) return {};
  const attributes: Record<string, string> = { [attributeNames.context]: now.kind };
  if (now.kind === "tenant") {
    const { tenant } = now.scope;
    attributes[attributeNames.tenant] = tenant.id;
    for (const field of options.include ?? []) attributes[`tenant.${field}`] = tenant[field];
  }
  if (options.actor === true && now.kind !== "central") {
    attributes[attributeNames.actor] = now.kind === "tenant" ? actorOf(now.scope) : now.actor;
  }
  return attributes;
}
