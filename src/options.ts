import type { EventSink } from "./core/event.js";
import type { TenantRegistry } from "./registry/contract.js";
import type { ResolverOption } from "./resolver/contract.js";

export interface TenantryOptions {
  /** The app's own connection: a URL, or settings. Its login is a member of `tenantry_app` only. */
  readonly database: string | DatabaseOptions;
  /**
   * The operator's connection: for `asOperator`, `forEachTenant` and changes of the registry. Its
   * login is a member of `tenantry_operator`. Without it these throw `OPERATOR_UNAVAILABLE`.
   */
  readonly operatorDatabase?: string;
  /** How a request names its tenant. All signals found must agree. */
  readonly resolve: readonly ResolverOption[];
  /** At least 32 bytes; the same on every instance. Two while rotating: `[new, old]`. */
  readonly secret: string | readonly string[];
  /** Routes served without a tenant: exact paths (`/healthz`) or subtrees (`/auth/*`). Default none. */
  readonly central?: readonly string[];
  /** Addresses and CIDR ranges whose `X-Forwarded-Host` is believed. Default none. */
  readonly trustedProxies?: readonly string[];
  /** Domains of your own, under which no tenant may claim one. */
  readonly ownDomains?: readonly string[];
  /** Told of refusals, attacks and faults. Default: one JSON line each on stderr. */
  readonly onEvent?: EventSink;
  /** Where tenants live. Default: PostgreSQL, cached. */
  readonly registry?: TenantRegistry;
}

export interface DatabaseOptions {
  readonly url: string;
  /** Default 10. */
  readonly maxConnections?: number;
  /** Milliseconds a caller waits for a connection before `POOL_EXHAUSTED`. Default 5000. */
  readonly connectionTimeout?: number;
  /** Callers that may wait for a connection; one more is answered at once. Default 1000. */
  readonly maxWaiting?: number;
  /**
   * Prepared statements kept per connection, default 200. `"unnamed"` where a pooler in transaction
   * mode knows no prepared statements (PgBouncer before 1.21).
   */
  readonly preparedStatements?: number | "unnamed";
  /** Quick statements that may be in flight on one connection. Default 8; 1 turns it off. */
  readonly pipelineDepth?: number;
  /** Seconds a seal is good for, 2 to 3600. Default 60; a stolen one is good for that long. */
  readonly sealLifetime?: number;
  /**
   * A direct connection for LISTEN, where `url` goes through a pooler in transaction mode; without
   * it such an app learns of registry changes within a second instead of at once.
   */
  readonly listenUrl?: string;
  /** Your own `pg`, where an ORM must see its classes. Default: Tenantry's. */
  readonly pg?: unknown;
}
