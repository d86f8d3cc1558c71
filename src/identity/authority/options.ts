import { checkWhole } from "../../core/check-whole.js";
import type { EventSink } from "../../core/event.js";
import type { TenantLookup } from "../../core/tenant.js";
import type { IdentityDatabase } from "../identity-database.js";
import type { AuthorityFeed } from "./contract.js";

/**
 * The longest that anything is answered from memory while the feed is down. Milliseconds: with the time
 * of the read that follows, within the promised second.
 */
export const degradedTtl = 900;

export interface AuthorityOptions {
  /** Closed with the authority. */
  readonly feed: AuthorityFeed;
  readonly database: Pick<IdentityDatabase, "query" | "inTenant">;
  readonly tenants: TenantLookup;
  readonly events: EventSink;
  /** Members of tenants that are kept. Default 50 000, some 20 MB. */
  readonly maxMembers?: number;
  /** Denied tokens that are kept; where there are more, the database is asked. Default 100 000, some 20 MB. */
  readonly maxDenied?: number;
  /** Members that are read at once. Default 1 000. */
  readonly maxLoads?: number;
  /** Milliseconds that one read of the database may take. Default 2 000. */
  readonly readTimeout?: number;
  /** Milliseconds after which a member is read again, however well the feed seems. Default 30 000. */
  readonly ttl?: number;
  /** A clock that never goes back, in milliseconds. Default `performance.now`. */
  readonly now?: () => number;
}

export interface AuthoritySettings {
  readonly maxMembers: number;
  readonly maxDenied: number;
  readonly maxLoads: number;
  readonly readTimeout: number;
  readonly ttl: number;
  readonly now: () => number;
}

/** @throws {TenantryError} `CONFIG_INVALID` */
export function authoritySettings(options: AuthorityOptions): AuthoritySettings {
  const whole = (name: keyof AuthorityOptions, value: number, most: number): number =>
    checkWhole(`\`${name}\` of the authority`, value, 1, most);
  return {
    maxMembers: whole("maxMembers", options.maxMembers ?? 50_000, 10_000_000),
    maxDenied: whole("maxDenied", options.maxDenied ?? 100_000, 10_000_000),
    maxLoads: whole("maxLoads", options.maxLoads ?? 1_000, 100_000),
    readTimeout: whole("readTimeout", options.readTimeout ?? 2_000, 60_000),
    ttl: whole("ttl", options.ttl ?? 30_000, 3_600_000),
    now: options.now ?? (() => performance.now()),
  };
}
