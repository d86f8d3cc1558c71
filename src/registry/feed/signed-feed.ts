import { runDetached } from "../../core/context.js";
import { logEvents, type EventSink } from "../../core/event.js";
import type { KeyRing } from "../../core/seal/key-ring.js";
import type { FeedClient } from "./client.js";
import type { Feed, FeedListener } from "./contract.js";
import { keepOpen } from "./keep-open.js";
import { newPingChannel, openListenSession } from "./listen-session.js";
import { createStateEvents, type StateEvents } from "./state-events.js";
import { createSubscribers } from "./subscribers.js";

/** A channel on which the database announces changes, signed; anybody else may send on it as well. */
export interface SignedChannel<Change, Doubt> extends StateEvents {
  /** A plain lower-case name. */
  readonly name: string;
  /** Tells the listener what a payload says: as a change where a good MAC proves it, else as a doubt. */
  deliver(payload: string, keys: KeyRing, listener: FeedListener<Change, Doubt>): void;
}

export interface SignedFeedOptions {
  /**
   * Gives a new, unconnected `pg.Client` at each call. It needs no privilege but CONNECT, and a
   * session of its own: a direct connection, or a pooler in session mode.
   */
  readonly newClient: () => FeedClient;
  /** Tell the database's announcements from what others send on its channel. */
  readonly keys: KeyRing;
  /** Told when the feed gets up and goes down. Default: one line each on stderr. */
  readonly onEvent?: EventSink;
  /** Milliseconds between one ping's return and the next. Default 2 000. */
  readonly pingInterval?: number;
  /** Milliseconds that connecting, LISTEN or the first ping may take. Default 2 000. */
  readonly timeout?: number;
  /** Milliseconds that every later ping may take. Default `timeout`. */
  readonly pingTimeout?: number;
}

/**
 * Listens on a connection of its own and connects anew for as long as it takes. A connection that
 * broke is noticed at once; one that was cut silently, or on which notifications no longer arrive,
 * within `pingInterval + pingTimeout`. Starts at once, and keeps the process alive until closed.
 */
export function createSignedFeed<Change, Doubt>(
  channel: SignedChannel<Change, Doubt>,
  options: SignedFeedOptions,
): Feed<Change, Doubt> {
  const { newClient, keys, onEvent = logEvents, pingInterval = 2_000, timeout = 2_000 } = options;
  const { pingTimeout = timeout } = options;
  const subscribers = createSubscribers<Change, Doubt>();
  const closing = new AbortController();
  let state: "up" | "down" = "down";
  const announce = createStateEvents(onEvent, channel);

  const pingChannel = newPingChannel();
  const settings = { newClient, channel: channel.name, pingChannel, pingInterval };
  // Outside of any request that may have caused it: it outlives them all.
  const ended = runDetached(() => {
    const open = () => openListenSession({ ...settings, timeout, pingTimeout }, onPayload);
    return keepOpen(open, closing.signal, { up, down });
  });

  function onPayload(payload: string): void {
    channel.deliver(payload, keys, subscribers);
  }

  function up(): void {
    if (closing.signal.aborted) return;
    subscribers.missed();
    state = "up";
    announce("up", null);
  }

  function down(reason: Error): void {
    state = "down";
    if (!closing.signal.aborted) announce("down", reason);
  }

  return {
    get state() {
      return state;
    },
    subscribe: subscribers.subscribe,
    async close() {
      closing.abort();
      subscribers.clear();
      await ended;
    },
  };
}
