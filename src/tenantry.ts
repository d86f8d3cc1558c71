import pgModule from "pg";
import { currentScope, runDetached, runInScope, type RunOptions } from "./core/context.js";
import {
  enterTenant,
  requireReason,
  type EnterOptions,
  type TenantReference,
} from "./core/enter.js";
import { logEvents, type EventSink } from "./core/event.js";
import {
  eachPage,
  forEachTenant,
  type ForEachOptions,
  type ForEachResult,
} from "./core/for-each-tenant.js";
import { issueScope, type TenantScope } from "./core/scope.js";
import { createKeyRing, type KeyRing } from "./core/seal/key-ring.js";
import { readmit } from "./core/readmit.js";
import type { JobIdentity, SealJobOptions } from "./core/seal/job-seal.js";
import { openServiceSeal, sealHeader, type SealHeaderOptions } from "./core/seal/service-seal.js";
import type { Tenant } from "./core/tenant.js";
import { openDatabase, type Database } from "./database/open-database.js";
import type { DatabaseOptions } from "./database/options.js";
import { createAsOperator, type AsOperator } from "./database/operator/operator.js";
import type { ScopedPool } from "./database/pool/scoped-pool.js";
import { selfCheck } from "./database/self-check.js";
import type { TenantryOptions } from "./options.js";
import type { TenantryFetch } from "./outbound/options.js";
import { createOutboundFetch } from "./outbound/outbound-fetch.js";
import type { OpenedJob } from "./queue/contract.js";
import { createJobTenancy } from "./queue/job-tenancy.js";
import { createCachedRegistry, type CachedRegistry } from "./registry/cached/cached-registry.js";
import type { TenantRegistry } from "./registry/contract.js";
import { createPostgresFeed } from "./registry/feed/postgres-feed.js";
import { createPostgresRegistry } from "./registry/postgres/postgres-registry.js";
import { createRequestResolver, type RequestResolver } from "./resolver/resolve-request.js";

export interface ForEachTenantOptions extends ForEachOptions {
  readonly reason: string;
}

/** One application's tenancy: made once, at start-up. */
export interface Tenantry<Db extends ScopedPool = ScopedPool> {
  /**
   * The scoped pool: every statement goes out under the active scope. Where you passed your own `pg`
   * it has the type of its `Pool` as well, which is what ORMs ask for.
   */
  readonly db: Db;
  /** The registry of tenants. Changes need `operatorDatabase`. */
  readonly tenants: TenantRegistry;
  /** How requests find their tenant; http adapters use it. */
  readonly resolver: RequestResolver;
  readonly events: EventSink;
  /** The active scope. @throws {TenantryError} `SCOPE_REQUIRED` */
  scope(): TenantScope;
  /** Runs `work` inside a scope. @throws {TenantryError} `SCOPE_FORGED`, `SCOPE_NESTED` */
  run<T>(scope: TenantScope, work: () => T, options?: RunOptions): T;
  /** Runs `work` for a tenant without a request; see EnterOptions. */
  enter<T>(tenant: TenantReference, options: EnterOptions, work: () => T): Promise<Awaited<T>>;
  /** Runs `work` in the scope of each active tenant. Needs `operatorDatabase`. */
  forEachTenant(
    work: (tenant: Tenant) => Promise<unknown>,
    options: ForEachTenantOptions,
  ): Promise<ForEachResult>;
  /**
   * The active scope, sealed for a call to another of your own services: the value of the
   * `tenantry-scope` header, which `fromSealedHeader({ audience })` opens there. Good for 30 s
   * unless said otherwise; send it to that service only.
   * @throws {TenantryError} `SCOPE_REQUIRED`, `CONFIG_INVALID`
   */
  sealedHeader(options: SealHeaderOptions): string;
  /**
   * Opens what `sealedHeader` made for this audience, and asks the registry anew. For hosts that no
   * middleware of ours can wrap; elsewhere `fromSealedHeader` does it.
   * @throws {TenantryError} `SEAL_INVALID`, `SEAL_EXPIRED`, `TENANT_INACTIVE`, `TENANT_NOT_FOUND`,
   * `REGISTRY_UNAVAILABLE`
   */
  openSealedHeader(seal: string, options: { readonly audience: string }): Promise<TenantScope>;
  /**
   * As the global `fetch`; calls to an origin of `services` carry the active scope, sealed anew for
   * that service in the header `tenantry-scope`. Calls to others never do, and a header of that name
   * which the caller passes is dropped.
   *
   * Follows redirects by itself, 20 at most, and looks at each target: a service of `services` may
   * lead to another one, which gets a seal of its own, or to a stranger, who gets none. A stranger
   * may not lead to one of `services`.
   * @throws {TenantryError} `SCOPE_REQUIRED`, `OUTBOUND_REFUSED`; else what fetch throws
   */
  readonly fetch: TenantryFetch;
  /**
   * The active scope, sealed into one job. The queues' adapters call it; call it yourself only for
   * a queue that has none.
   * @throws {TenantryError} `SCOPE_REQUIRED`, `CONFIG_INVALID`
   */
  sealJob(options: SealJobOptions): string;
  /**
   * The scope that was sealed into this very job, if its tenant is active now.
   * @throws {TenantryError} `SEAL_REQUIRED`, `SEAL_INVALID`, `SEAL_EXPIRED`, `TENANT_NOT_FOUND`,
   * `TENANT_INACTIVE`, `REGISTRY_UNAVAILABLE`
   */
  openJob(seal: unknown, job: JobIdentity): Promise<OpenedJob>;
  /** Work across tenants, in one recorded transaction. Needs `operatorDatabase`. */
  readonly asOperator: AsOperator;
  /**
   * Whether the database can keep tenants apart: call it before listening.
   * @throws {TenantryError} `DATABASE_UNSAFE` with each problem and its mend
   */
  ready(): Promise<void>;
  /** Closes every connection, after the statements in flight. */
  close(): Promise<void>;
}

/** @throws {TenantryError} `CONFIG_INVALID`, `SECRET_WEAK` */
export function createTenantry<Pool = unknown>(
  options: TenantryOptions<Pool>,
): Tenantry<ScopedPool & Pool> {
  const keys = createKeyRing(options.secret);
  const events = options.onEvent ?? logEvents;
  const { services = [], fetch } = options;
  // Before anything is opened that a mistake in an option would leave open.
  const outboundFetch = createOutboundFetch({ keys, events, services, fetch });
  const database = openDatabase({
    ...databaseOptions(options.database),
    operatorUrl: options.operatorDatabase,
    defaultPg: pgModule,
    keys,
    events,
  });
  const owned =
    options.registry === undefined ? openRegistry(options, keys, database, events) : null;
  const tenants = options.registry ?? owned!;
  const resolver = createRequestResolver({
    resolvers: options.resolve,
    lookup: tenants,
    keys,
    events,
    central: options.central ?? [],
    trustedProxies: options.trustedProxies ?? [],
  });
  return {
    // An instance of a subclass of the very Pool that was passed.
    db: database.scoped as ScopedPool & Pool,
    tenants,
    resolver,
    events,
    scope: currentScope,
    run: runInScope,
    enter: (tenant, how, work) => enterTenant(tenants, tenant, how, work),
    forEachTenant: (work, how) => eachActiveTenant(tenants, work, how),
    sealedHeader: (how) => sealHeader(keys, currentScope(), how),
    openSealedHeader: async (seal, { audience }) =>
      readmit(tenants, openServiceSeal(keys, seal, audience), {
        source: "sealed-header",
        detail: `for ${audience}`,
      }),
    fetch: outboundFetch,
    ...createJobTenancy(keys, tenants),
    asOperator: createAsOperator(database.operator, keys, events),
    ready: () => selfCheck(database.plain, keys),
    async close() {
      await owned?.close();
      await database.close();
    },
  };
}

function databaseOptions(given: string | DatabaseOptions): DatabaseOptions {
  return typeof given === "string" ? { url: given } : given;
}

function openRegistry(
  options: TenantryOptions,
  keys: KeyRing,
  database: Database,
  events: EventSink,
): CachedRegistry {
  const registry = createPostgresRegistry({
    app: database.plain,
    keys,
    ownDomains: options.ownDomains ?? [],
    ...(database.operator === undefined ? {} : { operator: database.operator }),
  });
  const feed = createPostgresFeed({ newClient: database.newListenClient, keys, onEvent: events });
  return createCachedRegistry(registry, { feed });
}

function eachActiveTenant(
  tenants: TenantRegistry,
  work: (tenant: Tenant) => Promise<unknown>,
  options: ForEachTenantOptions,
): Promise<ForEachResult> {
  const reason = requireReason(options?.reason, "tenantry.forEachTenant");
  const evidence = [{ source: "enter", detail: reason }];
  const active = eachPage((after) =>
    tenants.list({ status: "active", limit: 200, ...(after === undefined ? {} : { after }) }),
  );
  const inScope = (tenant: Tenant): Promise<unknown> =>
    runInScope(issueScope(tenant, { kind: "system", id: "for-each-tenant" }, evidence), () =>
      work(tenant),
    );
  // Outside of the caller's own scope, which would refuse every other tenant's.
  return runDetached(() => forEachTenant(active, inScope, options));
}
