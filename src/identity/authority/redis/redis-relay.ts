import { randomBytes } from "node:crypto";
import { runDetached } from "../../../core/context.js";
import type { EventSink } from "../../../core/event.js";
import { keepOpen } from "../../../registry/feed/keep-open.js";
import { createStateEvents, type StateEvents } from "../../../registry/feed/state-events.js";
import type { RedisLink } from "./contract.js";
import { createPublisher } from "./publisher.js";
import { openRedisSession } from "./redis-session.js";

/** All databases of one Redis share it: Redis has no other. */
export const redisChannel = "tenantry:authority";

const events: StateEvents = {
  up: {
    type: "authority.redis-up",
    message: "Redis carries what makes tokens stale, beside the database's own feed.",
  },
  down: {
    type: "authority.redis-down",
    message:
      "Redis does not carry what makes tokens stale. The database's own feed does, as without Redis. Check the client, and that it may SUBSCRIBE, PUBLISH and SET at tenantry:authority*.",
  },
};

export interface RedisRelayOptions {
  readonly link: RedisLink;
  readonly onEvent: EventSink;
  readonly onMessage: (text: string) => void;
  /** Milliseconds between one ping's return and the next. Default 1 000. */
  readonly pingInterval?: number;
  /** Milliseconds for connecting, for a ping, and for publishing. Default 2 000. */
  readonly timeout?: number;
}

/** Texts to and from all other processes, as long as Redis is there. */
export interface RedisRelay {
  readonly state: "up" | "down";
  /** At once and without an answer. Does nothing while Redis is down. */
  publish(text: string, kind: "signed" | "unsigned"): void;
  close(): Promise<void>;
}

/** Connects anew for as long as it takes. Closes its own connection alone, not the client. */
export function createRedisRelay(options: RedisRelayOptions): RedisRelay {
  const { link, onEvent, onMessage, pingInterval = 1_000, timeout = 2_000 } = options;
  const closing = new AbortController();
  const announce = createStateEvents(onEvent, events);
  const send = createPublisher(link, redisChannel, timeout);
  const pingChannel = `${redisChannel}:ping:${randomBytes(8).toString("hex")}`;
  const settings = { link, channel: redisChannel, pingChannel, pingInterval, timeout };
  let state: "up" | "down" = "down";

  function change(to: "up" | "down", reason: Error | null): void {
    state = to;
    if (!closing.signal.aborted) announce(to, reason);
  }

  // Outside of any request that may have caused it: it outlives them all.
  const ended = runDetached(() =>
    keepOpen(() => openRedisSession(settings, onMessage), closing.signal, {
      up: () => change("up", null),
      down: (reason) => change("down", reason),
    }),
  );

  return {
    get state() {
      return state;
    },
    publish(text, kind) {
      if (state === "up") send(text, kind);
    },
    async close() {
      closing.abort();
      await ended;
    },
  };
}
