import type { EventSink } from "../../core/event.js";
import type { KeyRing } from "../../core/seal/key-ring.js";
import type { Tenant, TenantLookup } from "../../core/tenant.js";
import { isTenantryError } from "../../core/tenantry-error.js";
import { tokenInvalid } from "../../resolver/access-token/token-errors.js";
import type { IncomingRequest, Resolver } from "../../resolver/contract.js";
import { createAuthorityReader } from "../../resolver/host/authority.js";
import { fromHost, type FromHostOptions } from "../../resolver/host/from-host.js";
import { createRequestResolver, type Resolution } from "../../resolver/resolve-request.js";
import { identityCredentialOf, type IdentityCredential } from "../access/credential.js";
import type { KeyHolder } from "../api-key/api-keys.js";
import type { VerifiedAccessToken } from "../token/index.js";
import { clientAddresses } from "./client-address.js";

/** Reads requests to identity itself by the very rules that the application's are read by. */
export interface RequestReader {
  /** @throws {TenantryError} `TENANT_UNRESOLVED` */
  hostOf(request: IncomingRequest): string;
  /** Of the client, past trusted proxies; null where it is not known. */
  addressOf(request: IncomingRequest): string | null;
  /** @throws {TenantryError} `TENANT_UNRESOLVED`, `TENANT_INACTIVE`, `REGISTRY_UNAVAILABLE` */
  tenantOf(request: IncomingRequest): Promise<Tenant>;
  /**
   * Host and token must name the same tenant.
   * @throws {TenantryError} as `tenantOf`; `TENANT_MISMATCH`, `TOKEN_REQUIRED`, `TOKEN_INVALID`, `TOKEN_STALE`
   */
  memberOf(request: IncomingRequest): Promise<{ tenant: Tenant; claims: VerifiedAccessToken }>;
  /**
   * Host and key must name the same tenant, and another's key is like one that never was.
   * @param anyHost whether the host names none
   * @throws {TenantryError} `TOKEN_REQUIRED`, `TOKEN_INVALID`; as `tenantOf`, but for `anyHost`
   */
  keyHolderOf(request: IncomingRequest, anyHost: boolean): Promise<KeyHolder>;
}

export interface RequestReaderOptions {
  readonly hosts: FromHostOptions;
  readonly tenants: TenantLookup;
  readonly keys: KeyRing;
  readonly events: EventSink;
  readonly trustedProxies: readonly string[];
  /** Refuses what brings no credential. */
  readonly credentials: Resolver;
}

/** @throws {TenantryError} `CONFIG_INVALID` */
export function createRequestReader(options: RequestReaderOptions): RequestReader {
  const { hosts, tenants: lookup, keys, events, trustedProxies, credentials } = options;
  const shared = { lookup, keys, events, trustedProxies };
  const byHost = createRequestResolver({ ...shared, resolvers: [fromHost(hosts)] });
  const byBoth = createRequestResolver({ ...shared, resolvers: [fromHost(hosts), credentials] });
  const byCredential = createRequestResolver({ ...shared, resolvers: [credentials] });
  const authority = createAuthorityReader(trustedProxies);
  return {
    hostOf: (request) => authority.hostOf(request),
    addressOf: clientAddresses(trustedProxies),
    tenantOf: async (request) => tenantIn(await byHost.resolve(request)),
    async memberOf(request) {
      const resolution = await byBoth.resolve(request);
      const credential = credentialIn(resolution);
      if (credential?.kind !== "access-token") throw tokenInvalid("a key is no member");
      return { tenant: tenantIn(resolution), claims: credential.claims };
    },
    async keyHolderOf(request, anyHost) {
      const resolution = await (anyHost ? byCredential : byBoth).resolve(request).catch(asNoKey);
      const credential = credentialIn(resolution);
      if (credential?.kind !== "api-key") throw tokenInvalid("a member's token is no key");
      return credential.holder;
    },
  };
}

function asNoKey(error: unknown): never {
  if (!isTenantryError(error, "TENANT_MISMATCH")) throw error;
  throw tokenInvalid("the key is of another tenant than the host's");
}

/** No route of these resolvers is central, so that each has a tenant. */
function scopeIn(resolution: Resolution) {
  if (resolution.kind === "tenant") return resolution.scope;
  throw tokenInvalid("the route has no tenant");
}

function tenantIn(resolution: Resolution): Tenant {
  return scopeIn(resolution).tenant;
}

function credentialIn(resolution: Resolution): IdentityCredential | null {
  return identityCredentialOf(scopeIn(resolution));
}
