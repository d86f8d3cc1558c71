import { currentCacheFrame } from "./cache-frame.js";
import { assertScope, type TenantScope } from "./scope.js";
import { shared } from "./shared-state.js";
import { TenantryError } from "./tenantry-error.js";

/** Someone acting across tenants on purpose; see database/operator. */
export interface Operator {
  readonly actor: string;
  readonly reason: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** What the running code is doing, as carried through its asynchronous calls. */
export type Context =
  | {
      readonly kind: "tenant";
      readonly scope: TenantScope;
      /** The framework cache, keyed by tenant, that the scope was entered to fill. */
      readonly cacheFrame: object | null;
    }
  | { readonly kind: "central"; readonly route: string }
  | { readonly kind: "operator"; readonly operator: Operator };

export function currentContext(): Context | undefined {
  return shared().storage.getStore();
}

/**
 * The active scope.
 * @throws {TenantryError} `SCOPE_REQUIRED` where there is none; `SCOPE_IN_CACHE` while a framework
 * fills a cache that the scope was not entered for
 */
export function currentScope(): TenantScope {
  const context = currentContext();
  assertOutsideOfCaches(context);
  if (context?.kind === "tenant") return context.scope;
  throw new TenantryError("SCOPE_REQUIRED", {
    message: `No tenant scope is active here: ${whyNoScope(context)}.`,
    fix: "Serve the request through Tenantry's middleware, or wrap the work in tenantry.run(scope, work) or tenantry.enter(tenant, { reason }, work); a callback that an event emitter or a driver calls may have lost its context.",
  });
}

function assertOutsideOfCaches(context: Context | undefined): void {
  const frame = currentCacheFrame();
  if (frame === null || (context?.kind === "tenant" && context.cacheFrame === frame)) return;
  throw new TenantryError("SCOPE_IN_CACHE", {
    message: "The tenant was read inside a function whose result a framework caches for everyone.",
    fix: "Use tenancy.cached(), which keys by tenant; or pass the tenant's id as an argument, and call tenantry.enter(id, { reason }, work) inside the cached function.",
  });
}

function whyNoScope(context: Context | undefined): string {
  if (context === undefined) return "this code runs outside of any request or entered tenant";
  if (context.kind === "central") {
    return `the route ${JSON.stringify(context.route)} is listed as central, so it runs without a tenant`;
  }
  return "this is operator work, which belongs to no single tenant";
}

export interface RunOptions {
  /** Says that a change of tenant inside another tenant's work is meant. Default false. */
  readonly nested?: boolean;
}

/**
 * Runs `work` inside `scope` and returns what it returns.
 * @throws {TenantryError} `SCOPE_FORGED`; `SCOPE_NESTED` where another tenant's scope is active
 * and `nested` is not set.
 */
export function runInScope<T>(scope: TenantScope, work: () => T, options: RunOptions = {}): T {
  assertScope(scope);
  const outer = currentContext();
  if (outer?.kind === "tenant" && outer.scope.tenant.id !== scope.tenant.id && !options.nested) {
    throw new TenantryError("SCOPE_NESTED", {
      message: `Work for tenant ${scope.tenant.id} was started inside the scope of tenant ${outer.scope.tenant.id}.`,
      fix: "Finish the outer tenant's work first, or say { nested: true } where the change is meant.",
    });
  }
  const cacheFrame = outer?.kind === "tenant" ? outer.cacheFrame : null;
  return shared().storage.run({ kind: "tenant", scope, cacheFrame }, work);
}

/** Runs work in one context, from wherever it is called. */
export type Inside = <T>(work: () => T) => T;

/**
 * `runInScope`, nested, for who enters one scope many times, as a request's events do: what it
 * checks is checked once. A context in which a framework's cache is filled is left as it is.
 * @throws {TenantryError} `SCOPE_FORGED`
 */
export function insideScope(scope: TenantScope): Inside {
  assertScope(scope);
  const { storage } = shared();
  const context: Context = { kind: "tenant", scope, cacheFrame: null };
  return (work) => {
    const current = storage.getStore();
    const isThere = current?.kind === "tenant" && current.scope === scope;
    return isThere ? work() : storage.run(context, work);
  };
}

/**
 * `runInScope` for work whose result a framework may keep, because its key names the tenant: only
 * then does the scope hold inside the cache that is being filled.
 */
export function runKeyedByTenant<T>(scope: TenantScope, work: () => T, options?: RunOptions): T {
  return runInScope(
    scope,
    () => {
      const context = { kind: "tenant", scope, cacheFrame: currentCacheFrame() } as const;
      return shared().storage.run(context, work);
    },
    options,
  );
}

/** Runs `work` as a central route: on purpose without a tenant. */
export function runCentral<T>(route: string, work: () => T): T {
  return shared().storage.run({ kind: "central", route }, work);
}

/** Runs `work` as operator work. Internal: database/operator opens the database for it. */
export function runAsOperator<T>(operator: Operator, work: () => T): T {
  return shared().storage.run({ kind: "operator", operator }, work);
}

/**
 * Runs `work` with no context at all. For long-lived things built while a request runs (workers,
 * subscriptions, timers), which would else keep that request's tenant for ever.
 */
export function runDetached<T>(work: () => T): T {
  // Not exit(), which on Node 20 switches the process-wide hooks off and on.
  return shared().storage.run(undefined, work);
}
