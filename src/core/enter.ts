import { runKeyedByTenant, type RunOptions } from "./context.js";
import { issueScope, type Actor } from "./scope.js";
import { isTenantId, type Tenant, type TenantKey, type TenantLookup } from "./tenant.js";
import { TenantryError } from "./tenantry-error.js";

export interface EnterOptions extends RunOptions {
  /** Why, in words that a log can show. Required. */
  readonly reason: string;
  /** Default `{ kind: "system", id: "enter" }`. */
  readonly actor?: Actor;
  /** Enter a suspended or archived tenant too. Default false. */
  readonly allowInactive?: boolean;
}

/** A tenant, its id (a uuid) or its slug. */
export type TenantReference = string | Pick<Tenant, "id">;

/**
 * Runs `work` for a tenant without a request: scripts, tests, schedules. The registry is asked, so
 * what is entered exists now.
 * @throws {TenantryError} `REASON_REQUIRED`, `TENANT_NOT_FOUND`, `TENANT_INACTIVE`, `SCOPE_NESTED`,
 * `REGISTRY_UNAVAILABLE`
 */
export async function enterTenant<T>(
  lookup: TenantLookup,
  reference: TenantReference,
  options: EnterOptions,
  work: () => T,
): Promise<Awaited<T>> {
  const reason = requireReason(options?.reason, "tenantry.enter");
  const tenant = await lookup.find(keyOf(reference));
  if (tenant === null) throw notFound(reference);
  if (tenant.status !== "active" && !options.allowInactive) throw inactive(tenant);
  const actor = options.actor ?? { kind: "system", id: "enter" };
  const scope = issueScope(tenant, actor, [{ source: "enter", detail: reason }]);
  // Whoever names the tenant inside a cached function got it as an argument, and so as part of its key.
  return await runKeyedByTenant(scope, work, options);
}

/** @throws {TenantryError} `REASON_REQUIRED` */
export function requireReason(reason: unknown, where: string): string {
  if (typeof reason === "string" && reason.trim() !== "" && reason.length <= 1000) return reason;
  throw new TenantryError("REASON_REQUIRED", {
    message: `${where} was called without a reason.`,
    fix: 'Say why in words, 1000 characters at most: { reason: "nightly invoices" }.',
  });
}

function keyOf(reference: TenantReference): TenantKey {
  const value = typeof reference === "string" ? reference : reference?.id;
  if (typeof value !== "string" || value === "") throw notFound(reference);
  return isTenantId(value) ? { by: "id", value } : { by: "slug", value };
}

function notFound(reference: unknown): TenantryError {
  return new TenantryError("TENANT_NOT_FOUND", {
    message: `The registry has no tenant ${JSON.stringify(reference) ?? "undefined"}.`,
    fix: "Pass a tenant of the registry, its id or its slug; `tenantry tenant list` shows them.",
  });
}

function inactive(tenant: Tenant): TenantryError {
  return new TenantryError("TENANT_INACTIVE", {
    message: `Tenant ${tenant.id} is ${tenant.status}.`,
    fix: "Reactivate it, or say { allowInactive: true } where the work is meant for such tenants.",
  });
}
