import { watchCacheFrames } from "../../core/cache-frame.js";
import { runInScope } from "../../core/context.js";
import type { TenantScope } from "../../core/scope.js";
import { isTenantryError, TenantryError } from "../../core/tenantry-error.js";
import { answerToFailure } from "../failure.js";
import { tenantResponse, toResponse } from "../fetch/responses.js";
import { insideOf } from "../request-context.js";
import { cachedByTenant, tenantTag, type CachedOptions, type KeyPart } from "./cached.js";
import { serveProxy, type NextTenantry } from "./proxy.js";
import { audienceOf, scopeHeader } from "./scope-header.js";
import type { NextHost } from "./slices.js";

/** Tenancy for a Next.js application: made once, in a module of the server. */
export interface NextTenancy {
  /** What `proxy.ts` exports as `proxy`. It has to see every request that needs a tenant. */
  readonly proxy: (request: Request) => Promise<Response>;
  /**
   * The scope of the request that is served now, in a server component, route handler or action.
   * @throws {TenantryError} `SCOPE_REQUIRED` where the proxy did not see the request, or it is
   * central; `SEAL_INVALID`, `SEAL_EXPIRED`, `TENANT_INACTIVE`, `REGISTRY_UNAVAILABLE`
   */
  scope(): Promise<TenantScope>;
  /** Runs `work` in that scope: `const rows = await tenancy.run(() => tenantry.db.query("…"))`. */
  run<Result>(work: () => Promise<Result>): Promise<Result>;
  /**
   * A server component's or action's function that runs in that scope. Components below it are
   * rendered later and on their own: wrap each that reads data.
   */
  wrap<Values extends readonly unknown[], Result>(
    work: (...values: Values) => Promise<Result>,
  ): (...values: Values) => Promise<Result>;
  /**
   * A route handler that runs in that scope, its response's stream included, with the headers of a
   * tenant's response. A TenantryError is answered as everywhere.
   */
  route<Values extends readonly unknown[]>(
    handler: (request: Request, ...rest: Values) => Response | Promise<Response>,
  ): (request: Request, ...rest: Values) => Promise<Response>;
  /** `unstable_cache` by tenant. `name` tells one cached function from another. */
  cached<Values extends readonly KeyPart[], Result>(
    name: string,
    work: (...values: Values) => Promise<Result>,
    options?: CachedOptions,
  ): (...values: Values) => Promise<Result>;
  /** A cache tag that is the active tenant's own. */
  tag(name: string): string;
}

/**
 * @param instance the Tenantry, or a function that gives it: called at the first request, so that
 * `next build`, which loads every module, needs neither a database nor a secret
 * @throws {TenantryError} `CONFIG_INVALID` on the edge runtime, which has no PostgreSQL driver and
 * no AsyncLocalStorage of ours, and where something of Next.js was not passed
 */
export function createNextTenancy(
  instance: NextTenantry | (() => NextTenantry),
  host: NextHost,
): NextTenancy {
  assertHost(host);
  const tenantry = typeof instance === "function" ? instance : () => instance;
  watchCacheFrames(host.workUnitAsyncStorage, () => cacheBeingFilled(host));
  // React's cache() is one memory for a request; in route handlers it memoises nothing, and each
  // call verifies anew.
  const scope = host.cache(() => openScope(tenantry, host));
  const run = async <Result>(work: () => Promise<Result>): Promise<Result> =>
    runInScope(await scope(), work);
  return {
    proxy: (request) => serveProxy(tenantry(), host.NextResponse, request),
    scope,
    run,
    wrap:
      (work) =>
      (...values) =>
        run(() => work(...values)),
    route:
      (handler) =>
      async (request, ...rest) => {
        try {
          const inside = insideOf({ kind: "tenant", scope: await scope() });
          const response = await inside(async () => handler(request, ...rest));
          return tenantResponse(response, inside, tenantry());
        } catch (error) {
          // redirect(), notFound() and their kin are thrown, and Next.js's to answer.
          if (!isTenantryError(error)) throw error;
          return toResponse(answerToFailure(tenantry().events, error), request.method);
        }
      },
    cached: (name, work, options) => cachedByTenant(host.unstable_cache, name, work, options),
    tag: tenantTag,
  };
}

async function openScope(tenantry: () => NextTenantry, host: NextHost): Promise<TenantScope> {
  // First of all: where there is no request (`next build`), this tells Next.js to wait for one.
  const headers = await host.headers();
  const seal = headers.get(scopeHeader);
  if (seal !== null) {
    return tenantry().openSealedHeader(seal, { audience: audienceOf(headers.get("host")) });
  }
  throw new TenantryError("SCOPE_REQUIRED", {
    message: "No tenant was resolved for this request: proxy.ts did not see it, or it is central.",
    fix: "Export tenancy.proxy from proxy.ts, with a matcher that covers this path.",
  });
}

/** A private cache (`use cache: private`) is the browser's own and keeps nothing here. */
function cacheBeingFilled({ workUnitAsyncStorage }: NextHost): object | null {
  const unit = workUnitAsyncStorage.getStore();
  return unit?.type === "cache" || unit?.type === "unstable-cache" ? unit : null;
}

function assertHost(host: NextHost): void {
  const missing = (["headers", "cache", "NextResponse"] as const).find(
    (name) => typeof host?.[name] !== "function",
  );
  const edge = process.env["NEXT_RUNTIME"] === "edge";
  const storage = typeof host?.workUnitAsyncStorage?.getStore === "function";
  if (!edge && missing === undefined && storage) return;
  throw new TenantryError("CONFIG_INVALID", {
    message: edge
      ? "createNextTenancy runs on Next.js's edge runtime, where there is no connection to PostgreSQL."
      : `createNextTenancy was not given Next.js's \`${missing ?? "workUnitAsyncStorage"}\`.`,
    fix: edge
      ? 'Remove `export const runtime = "edge"`, and use proxy.ts, which runs on Node, in place of middleware.ts.'
      : 'Pass headers of "next/headers", cache of "react", NextResponse of "next/server", and workUnitAsyncStorage of "next/dist/server/app-render/work-unit-async-storage.external".',
  });
}
