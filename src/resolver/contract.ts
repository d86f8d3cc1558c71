import type { Actor, Credential } from "../core/scope.js";
import type { KeyRing } from "../core/seal/key-ring.js";
import type { TenantKey } from "../core/tenant.js";

/** A request as it came over the wire, before any framework normalised it. */
export interface IncomingRequest {
  readonly method: string;
  /** The request target as sent: origin-form (`/a?b`) or absolute-form (`http://h/a`). */
  readonly target: string;
  /** Every header line in order, duplicates kept. Names in any case. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** The peer's address, or null where the host cannot tell; null trusts no forwarded header. */
  readonly remoteAddress: string | null;
}

/** What one resolver read from a request: a claimed tenant, and where it was read. */
export interface Signal {
  /** The resolver's name. */
  readonly source: string;
  readonly key: TenantKey;
  /** For logs and evidence. Never a secret. */
  readonly detail: string;
  /** Who acts, where the signal proves it (a verified token, a sealed header). */
  readonly actor?: Actor;
  /** What proves the actor, for whoever made this signal; kept beside the scope. */
  readonly credential?: Credential;
}

/** Reads one kind of signal. */
export interface Resolver {
  /** Unique among the resolvers of one `createRequestResolver`. */
  readonly name: string;
  /** Request headers that the answer depends on, for `Vary`. */
  readonly varies: readonly string[];
  /**
   * The claimed tenant, or null where the request carries no such signal at all.
   * A signal that is there but not acceptable is not null: it throws, and the request is refused.
   * @throws {TenantryError} `TENANT_UNRESOLVED`, `TOKEN_REQUIRED`, `TOKEN_INVALID`,
   * `TOKEN_KEYS_UNAVAILABLE`, `SEAL_INVALID`, `SEAL_EXPIRED`
   */
  read(request: IncomingRequest): Promise<Signal | null> | Signal | null;
}

/** Says which host a request is for. */
export interface AuthorityReader {
  /** Request headers, other than Host, that the answer depends on. */
  readonly varies: readonly string[];
  /**
   * The effective host name: lower case, without port or trailing dot.
   * @throws {TenantryError} `TENANT_UNRESOLVED` where it is missing, malformed or ambiguous
   */
  hostOf(request: IncomingRequest): string;
}

/** What a resolver may need of the instance it belongs to. */
export interface ResolverServices {
  readonly keys: KeyRing;
  readonly authority: AuthorityReader;
}

/** What `resolve: [...]` takes: a resolver, or a function that makes one from the services. */
export type ResolverOption = Resolver | ((services: ResolverServices) => Resolver);
