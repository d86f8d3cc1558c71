import { logEvents } from "../../core/event.js";
import type { Feed } from "../../registry/feed/contract.js";
import {
  createSignedFeed,
  type SignedChannel,
  type SignedFeedOptions,
} from "../../registry/feed/signed-feed.js";
import type { AuthorityChange, AuthorityDoubt, AuthorityFeed } from "./contract.js";
import { authorityChannel, readAuthorityPayload } from "./payload.js";
import { createBesideRedis, type BesideRedis } from "./redis/beside-redis.js";
import { linkOf, type RedisClient } from "./redis/link-of.js";
import type { RedisRelayOptions } from "./redis/redis-relay.js";

/** By default a connection that was cut silently is noticed within 0.9 s: less than the promised second. */
const pings = { pingInterval: 400, pingTimeout: 500 };

/** @param beside told after those who listen */
const channelOf = (
  beside: BesideRedis | undefined,
): SignedChannel<AuthorityChange, AuthorityDoubt> => ({
  name: authorityChannel,
  deliver(payload, keys, listener) {
    const announcement = readAuthorityPayload(payload, keys);
    if (announcement.proven) listener.changed(announcement.change);
    else listener.doubted(announcement.doubt);
    beside?.delivered(payload, announcement);
  },
  up: {
    type: "authority.feed-up",
    message: "The feed of what makes tokens stale is up: it is in force as it is committed.",
  },
  down: {
    type: "authority.feed-down",
    message:
      "The feed of what makes tokens stale is down: the database is asked every second until it is up again. Check the database, and that no pooler in transaction mode is in between.",
  },
});

export interface AuthorityFeedOptions extends SignedFeedOptions {
  /** Yours to connect, to listen to for errors, and to close. Default none. */
  readonly redis?: RedisClient | undefined;
  /** Milliseconds for Redis, see RedisRelayOptions. */
  readonly redisTimes?: Pick<RedisRelayOptions, "pingInterval" | "timeout">;
}

/**
 * Listens on a connection of its own (createSignedFeed says how). Where `pingInterval + pingTimeout`
 * is more than 1 000 ms, what is revoked while the connection is cut silently is in force that much later.
 * Redis, where it is passed, tells as well (BesideRedis says how); `state` is that of the database's feed alone.
 * @throws {TenantryError} `CONFIG_INVALID`
 */
export function createAuthorityFeed(options: AuthorityFeedOptions): AuthorityFeed {
  const { redis, redisTimes, ...own } = options;
  const { keys, onEvent = logEvents } = own;
  const link = redis === undefined ? undefined : linkOf(redis);
  const beside = link && createBesideRedis({ ...redisTimes, link, keys, onEvent });
  const feed = createSignedFeed(channelOf(beside), { ...pings, ...own });
  return beside === undefined ? alone(feed) : joined(feed, beside);
}

type DatabaseFeed = Feed<AuthorityChange, AuthorityDoubt>;

const ignore = (): void => undefined;

const alone = (feed: DatabaseFeed): AuthorityFeed => Object.assign(feed, { announce: ignore });

function joined(feed: DatabaseFeed, beside: BesideRedis): AuthorityFeed {
  feed.subscribe({ changed: ignore, doubted: ignore, missed: () => beside.missed() });
  return {
    get state() {
      return feed.state;
    },
    subscribe(listener) {
      const ends = [feed.subscribe(listener), beside.subscribe(listener)];
      return () => ends.forEach((end) => end());
    },
    announce: (change) => beside.announce(change),
    async close() {
      await Promise.all([feed.close(), beside.close()]);
    },
  };
}
