import type { EventSink } from "./core/event.js";
import type { DatabaseOptions } from "./database/options.js";
import type { FetchFunction, ServiceOption } from "./outbound/options.js";
import type { TenantRegistry } from "./registry/contract.js";
import type { ResolverOption } from "./resolver/contract.js";

export interface TenantryOptions<Pool = unknown> {
  /** The app's own connection: a URL, or settings. Its login is a member of `tenantry_app` only. */
  readonly database: string | DatabaseOptions<Pool>;
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
  /**
   * Your own services, by exact origin: `tenantry.fetch` seals its calls for these, and for no
   * others. Default none.
   */
  readonly services?: readonly ServiceOption[];
  /** What `tenantry.fetch` sends with. Default: the global `fetch`. */
  readonly fetch?: FetchFunction;
  /** Where tenants live. Default: PostgreSQL, cached. */
  readonly registry?: TenantRegistry;
}
