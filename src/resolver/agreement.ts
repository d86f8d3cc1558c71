import type { Actor, Credential } from "../core/scope.js";
import type { Tenant } from "../core/tenant.js";
import { TenantryError } from "../core/tenantry-error.js";
import type { Signal } from "./contract.js";
import { unresolved } from "./refusal.js";

/** A signal, and the tenant that the registry has for it. */
export interface Finding {
  readonly signal: Signal;
  readonly tenant: Tenant | null;
}

export interface Agreement {
  readonly tenant: Tenant;
  readonly actor: Actor;
  readonly credential: Credential | undefined;
}

/**
 * The one tenant that all signals lead to.
 *
 * - No signal, or a single name that the registry does not know: `TENANT_UNRESOLVED`.
 * - Several names: all must lead to the same tenant, else `TENANT_MISMATCH`. It makes no difference
 *   whether one of them leads to another tenant or to none; if it did, whoever holds a token of
 *   one tenant could ask which others exist by trying hosts. So a good token at an unknown host,
 *   and a good host with a token for an unknown tenant, are mismatches too.
 * - Then the tenant must be active: `TENANT_INACTIVE`.
 * - Signals that prove an actor must prove the same one: `ACTOR_MISMATCH`.
 *
 * @throws {TenantryError}
 */
export function agree(findings: readonly Finding[]): Agreement {
  const tenant = sameTenant(findings);
  if (tenant.status !== "active") throw inactive(tenant);
  return { tenant, ...sameActor(findings) };
}

function sameTenant(findings: readonly Finding[]): Tenant {
  const [first] = findings;
  if (first === undefined) throw unresolved("nothing in the request names a tenant");
  const { tenant } = first;
  if (tenant === null && findings.every(({ signal }) => nameOf(signal) === nameOf(first.signal))) {
    throw unresolved(`the registry knows no tenant by ${nameOf(first.signal)}`);
  }
  if (tenant === null || findings.some((other) => other.tenant?.id !== tenant.id)) {
    throw mismatch(findings);
  }
  return tenant;
}

/** One text for each distinct way of naming a tenant: equal where the registry is asked the same. */
export function nameOf({ key }: Signal): string {
  return `${key.by} ${key.value}`;
}

function sameActor(findings: readonly Finding[]): Omit<Agreement, "tenant"> {
  const proven: (readonly [Exclude<Actor, { kind: "anonymous" }>, Credential | undefined])[] = [];
  for (const { actor, credential } of findings.map(({ signal }) => signal)) {
    if (actor !== undefined && actor.kind !== "anonymous") proven.push([actor, credential]);
  }
  const [[first] = [], ...others] = proven;
  if (first === undefined) return { actor: { kind: "anonymous" }, credential: undefined };
  if (others.every(([other]) => other.kind === first.kind && other.id === first.id)) {
    const [, credential] = proven.find(([, given]) => given !== undefined) ?? [];
    return { actor: first, credential };
  }
  throw new TenantryError("ACTOR_MISMATCH", {
    message: `One request proves several actors: ${proven.map(([{ kind, id }]) => `${kind} ${id}`).join(", ")}.`,
    fix: "Send one of them: a call between services forwards the user's token or seals the scope, not both for different actors.",
  });
}

function mismatch(findings: readonly Finding[]): TenantryError {
  const read = findings.map(
    ({ signal, tenant }) =>
      `${signal.source} says ${nameOf(signal)} (${tenant === null ? "unknown" : `tenant ${tenant.id}`})`,
  );
  return new TenantryError("TENANT_MISMATCH", {
    message: `The request names different tenants: ${read.join("; ")}.`,
    fix: "Use each tenant's token at that tenant's own host; if this was nobody's mistake, somebody is trying doors.",
  });
}

function inactive(tenant: Tenant): TenantryError {
  return new TenantryError("TENANT_INACTIVE", {
    message: `Tenant ${tenant.id} is ${tenant.status}.`,
    fix: "Reactivate it, if it is suspended and should be served again.",
  });
}
