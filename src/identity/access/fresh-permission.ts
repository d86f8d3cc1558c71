import type { TenantScope } from "../../core/scope.js";
import { permissionRefused } from "./refusal.js";

declare const fresh: unique symbol;

/**
 * The proof that the database said yes, just now: to this permission, for this actor in this tenant.
 * A function that takes one cannot be called without having asked.
 */
export interface FreshPermission<Permission extends string> {
  readonly permission: Permission;
  readonly [fresh]: Permission;
}

interface Issued {
  readonly permission: string;
  readonly tenantId: string;
  readonly actor: string;
  readonly at: number;
}

/** Milliseconds that a proof is good for: what it is asked for comes right after. */
const lifetime = 10_000;

const issued = new WeakMap<object, Issued>();

const nameOf = ({ actor }: TenantScope): string =>
  "id" in actor ? `${actor.kind} ${actor.id}` : actor.kind;

export function issueFreshPermission<Permission extends string>(
  permission: Permission,
  scope: TenantScope,
): FreshPermission<Permission> {
  const proof = Object.freeze({ permission }) as FreshPermission<Permission>;
  const at = performance.now();
  issued.set(proof, { permission, tenantId: scope.tenant.id, actor: nameOf(scope), at });
  return proof;
}

/**
 * Refuses a look-alike, a proof of another permission, actor or tenant, and one older than 10 s.
 * @throws {TenantryError} `PERMISSION_DENIED`
 */
export function assertFreshPermission(
  proof: unknown,
  permission: string,
  scope: TenantScope,
): void {
  const known = typeof proof === "object" && proof !== null ? issued.get(proof) : undefined;
  if (
    known?.permission !== permission ||
    known.tenantId !== scope.tenant.id ||
    known.actor !== nameOf(scope) ||
    performance.now() - known.at > lifetime
  ) {
    throw permissionRefused(permission, "what was passed is no fresh proof of it");
  }
}
