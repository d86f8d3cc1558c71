import { shared } from "./shared-state.js";
import type { Tenant } from "./tenant.js";
import { TenantryError } from "./tenantry-error.js";

declare const scopeBrand: unique symbol;

/** Who acts. `anonymous` until identity says otherwise. */
export type Actor =
  | { readonly kind: "anonymous" }
  | { readonly kind: "user"; readonly id: string }
  | { readonly kind: "service"; readonly id: string }
  | { readonly kind: "system"; readonly id: string };

/** One thing that a scope rests on: what was read, and where. */
export interface Evidence {
  /** The resolver's name (`host`, `path`, `access-token`, `sealed-header`), `enter` or `seal`. */
  readonly source: string;
  /** What it said: a host, a slug, a token's `jti`, a reason. Never a secret. */
  readonly detail: string;
}

/**
 * The verified answer to "which tenant is this?": frozen, and impossible to make outside
 * Tenantry. Only a scope opens the data.
 */
export interface TenantScope {
  readonly tenant: Tenant;
  readonly actor: Actor;
  readonly evidence: readonly Evidence[];
  readonly [scopeBrand]: true;
}

/**
 * Issues a scope. Internal: reached only by resolution, by opening a seal, and by `enter`.
 * The package's index does not export it.
 */
export function issueScope(
  tenant: Tenant,
  actor: Actor,
  evidence: readonly Evidence[],
  credential?: Credential,
): TenantScope {
  const scope = new Issued(tenantPart(tenant), actorPart(actor), evidencePart(evidence));
  shared().issuedScopes.add(scope);
  if (credential !== undefined) shared().credentials.set(scope, credential);
  return scope as unknown as TenantScope;
}

/**
 * What proved the actor, such as a verified token's claims: identity's own, opaque to all others. It
 * is not a part of the scope, so that it crosses no boundary with it.
 */
export type Credential = object;

/** What proved the scope's actor; undefined where nothing did, as in a job. */
export function credentialOf(scope: TenantScope): Credential | undefined {
  return shared().credentials.get(scope);
}

/**
 * What a scope is made of are instances: React refuses to hand anything but plain objects to a client
 * component, so no part of a scope gets into a page by mistake.
 */
class Issued {
  constructor(
    readonly tenant: Tenant,
    readonly actor: Actor,
    readonly evidence: readonly Evidence[],
  ) {
    Object.freeze(this);
  }
}

const partPrototype = Object.freeze(Object.create(Object.prototype) as object);

function part<T extends object>(value: T): T {
  return Object.freeze(Object.assign(Object.create(partPrototype) as T, value));
}

class EvidencePart implements Evidence {
  constructor(
    readonly source: string,
    readonly detail: string,
  ) {
    Object.freeze(this);
  }
}

function evidencePart(evidence: readonly Evidence[]): readonly Evidence[] {
  return Object.freeze(evidence.map(({ source, detail }) => new EvidencePart(source, detail)));
}

const anonymous = part<Actor>({ kind: "anonymous" });

function actorPart(actor: Actor): Actor {
  return actor.kind === "anonymous" ? anonymous : part(actor);
}

const tenantParts = new WeakMap<Tenant, Tenant>();

/** A registry answers the same frozen tenant again and again: one copy of each will do. */
function tenantPart(tenant: Tenant): Tenant {
  if (!Object.isFrozen(tenant)) return part(tenant);
  let copy = tenantParts.get(tenant);
  if (copy === undefined) tenantParts.set(tenant, (copy = part(tenant)));
  return copy;
}

export function isScope(value: unknown): value is TenantScope {
  return typeof value === "object" && value !== null && shared().issuedScopes.has(value);
}

/** @throws {TenantryError} `SCOPE_FORGED` for anything that `issueScope` did not return. */
export function assertScope(value: unknown): asserts value is TenantScope {
  if (isScope(value)) return;
  throw new TenantryError("SCOPE_FORGED", {
    message: `Expected a tenant scope and got ${describe(value)}.`,
    fix: "Take the scope from tenantry.scope(), from resolve(), or use tenantry.enter(tenant, { reason }, work); a copy or a look-alike is not a scope.",
  });
}

function describe(value: unknown): string {
  if (value === null) return "null";
  return typeof value === "object" ? "an object that Tenantry did not issue" : typeof value;
}
