export { createTenantry, type ForEachTenantOptions, type Tenantry } from "./tenantry.js";
export type { TenantryOptions } from "./options.js";
export type { DatabaseOptions } from "./database/options.js";

export type { RunOptions } from "./core/context.js";
export type { EnterOptions, TenantReference } from "./core/enter.js";
export type { ForEachOptions, ForEachResult } from "./core/for-each-tenant.js";
export { perScope } from "./core/per-scope.js";
export type { ErrorCode } from "./core/errors.js";
export type { EventSink, TenantryEvent } from "./core/event.js";
export type { Actor, Evidence, TenantScope } from "./core/scope.js";
export type { JobIdentity, SealJobOptions } from "./core/seal/job-seal.js";
export type { SealHeaderOptions } from "./core/seal/service-seal.js";
export type { Tenant, TenantKey, TenantLookup, TenantStatus } from "./core/tenant.js";
export { isTenantryError, TenantryError, type PublicError } from "./core/tenantry-error.js";

export type { Domain, NewTenant, TenantFilter, TenantRegistry } from "./registry/contract.js";
export { createMemoryRegistry } from "./registry/memory/memory-registry.js";

export type { IncomingRequest, Resolver, ResolverOption, Signal } from "./resolver/contract.js";
export type { RequestResolver, Resolution } from "./resolver/resolve-request.js";
export { fromAccessToken } from "./resolver/access-token/from-access-token.js";
export { fromHost } from "./resolver/host/from-host.js";
export { fromPath } from "./resolver/path.js";
export { fromSealedHeader } from "./resolver/sealed-header.js";

export type { FetchFunction, ServiceOption, TenantryFetch } from "./outbound/options.js";

export type { Queryable, QueryConfig, QueryResult, Row } from "./database/query.js";
export type { ScopedClient, ScopedPool } from "./database/pool/scoped-pool.js";
export type { Transaction, TransactionOptions } from "./database/pool/transaction.js";
export type { AsOperator, OperatorOptions } from "./database/operator/operator.js";
export {
  migrate,
  type MigrateOptions,
  type MigrationReport,
} from "./database/migrations/migrate.js";

export {
  createFetchHandler,
  createUpgradeHandler,
  notFound,
  type FetchHandlerOptions,
  type NodeMessage,
  type RequestTenancy,
  type UpgradeListener,
} from "./http/index.js";

export type { JobTenancy, OpenedJob } from "./queue/contract.js";
