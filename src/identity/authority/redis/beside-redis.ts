import type { EventSink } from "../../../core/event.js";
import type { KeyRing } from "../../../core/seal/key-ring.js";
import { createSubscribers } from "../../../registry/feed/subscribers.js";
import type { AuthorityChange, AuthorityDoubt, AuthorityFeed } from "../contract.js";
import { writeAuthorityPayload, type AuthorityAnnouncement } from "../payload.js";
import { createHearing } from "./hearing.js";
import type { RedisLink } from "./contract.js";
import { createRedisRelay, type RedisRelayOptions } from "./redis-relay.js";

export interface BesideRedisOptions extends Pick<RedisRelayOptions, "pingInterval" | "timeout"> {
  readonly link: RedisLink;
  readonly keys: KeyRing;
  readonly onEvent: EventSink;
}

/**
 * Redis beside the database's feed. It has no part in whether that is up, and so none in how long
 * anything is answered from memory: what it says only makes a change sooner known.
 *
 * Most changes are announced by triggers of PostgreSQL, whoever made them: this code, another version
 * of it, or a hand with psql. So what is published is what PostgreSQL's feed delivers, word for word:
 * one place, which no statement can be forgotten in, and which needs no word of ours about whether a
 * change was committed. Every process whose feed is up does it, the first of them for all (publisher.ts);
 * a process that is cut off from PostgreSQL's feed hears it from those that are not. What comes from
 * Redis is not published again. Besides, `announce` publishes the revocations made here, which so reach
 * others even where nobody's feed is up.
 */
export interface BesideRedis extends Pick<AuthorityFeed, "subscribe" | "announce" | "close"> {
  /** PostgreSQL's feed has delivered it. */
  delivered(text: string, announcement: AuthorityAnnouncement): void;
  /** That feed has missed something, or its database may be another. */
  missed(): void;
  readonly state: "up" | "down";
}

export function createBesideRedis({ keys, ...options }: BesideRedisOptions): BesideRedis {
  const subscribers = createSubscribers<AuthorityChange, AuthorityDoubt>();
  const hearing = createHearing(keys, subscribers);
  const relay = createRedisRelay({ ...options, onMessage: (text) => hearing.heard(text) });

  return {
    get state() {
      return relay.state;
    },
    subscribe: subscribers.subscribe,
    delivered(text, announcement) {
      if (announcement.proven) {
        hearing.known(text);
        relay.publish(text, "signed");
      } else if (announcement.doubt !== null) {
        // What nobody can read is not spread.
        relay.publish(text, "unsigned");
      }
    },
    missed: () => hearing.forget(),
    announce(change) {
      const text = writeAuthorityPayload(change, keys);
      hearing.known(text);
      relay.publish(text, "signed");
    },
    async close() {
      subscribers.clear();
      await relay.close();
    },
  };
}
