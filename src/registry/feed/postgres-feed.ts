import { setTimeout as pause } from "node:timers/promises";
import { runDetached } from "../../core/context.js";
import { emitEvent, logEvents, type EventSink } from "../../core/event.js";
import type { KeyRing } from "../../core/seal/key-ring.js";
import type { FeedClient } from "./client.js";
import type { RegistryFeed } from "./contract.js";
import { newPingChannel, openListenSession, type SessionSettings } from "./listen-session.js";
import { createPauses } from "./pauses.js";
import { readPayload } from "./payload.js";
import { createSubscribers } from "./subscribers.js";

export interface PostgresFeedOptions {
  /**
   * Gives a new, unconnected `pg.Client` at each call. It needs no privilege but CONNECT, and a
   * session of its own: a direct connection, or a pooler in session mode.
   */
  readonly newClient: () => FeedClient;
  /** Tell the database's announcements from what others send on its channel. */
  readonly keys: KeyRing;
  /** Told of `registry.feed-up` and `registry.feed-down`. Default: one line each on stderr. */
  readonly onEvent?: EventSink;
  /** Milliseconds between one ping's return and the next. Default 2 000. */
  readonly pingInterval?: number;
  /** Milliseconds that connecting, LISTEN or a ping may take. Default 2 000. */
  readonly timeout?: number;
}

/**
 * Listens on a connection of its own and connects anew for as long as it takes. A connection that
 * broke is noticed at once; one that was cut silently, or on which notifications no longer arrive,
 * within `pingInterval + timeout`. Starts at once, and keeps the process alive until closed.
 */
export function createPostgresFeed(options: PostgresFeedOptions): RegistryFeed {
  const { newClient, keys, onEvent = logEvents, pingInterval = 2_000, timeout = 2_000 } = options;
  const subscribers = createSubscribers();
  const closing = new AbortController();
  let state: "up" | "down" = "down";
  let announced: "up" | "down" | undefined;

  // Outside of any request that may have caused it: it outlives them all.
  const ended = runDetached(() =>
    keepListening({ newClient, pingChannel: newPingChannel(), pingInterval, timeout }),
  );

  async function keepListening(settings: SessionSettings): Promise<void> {
    const pauses = createPauses();
    while (!closing.signal.aborted) {
      let reason: Error;
      try {
        const session = await openListenSession(settings, onPayload);
        pauses.reset();
        up();
        reason = await lostOrClosed(session.lost, closing.signal);
        session.close();
      } catch (error) {
        reason = error as Error;
      }
      down(reason);
      const milliseconds = pauses.after(reason);
      await pause(milliseconds, undefined, { signal: closing.signal }).catch(() => undefined);
    }
  }

  function onPayload(payload: string): void {
    const announcement = readPayload(payload, keys);
    // Not proven is what someone forged; but also what was sent before the first key was installed,
    // with a key that this process does not have, or by a newer version of Tenantry.
    if (announcement.proven) subscribers.changed(announcement.change);
    else subscribers.doubted(announcement.tenantId);
  }

  function up(): void {
    if (closing.signal.aborted) return;
    subscribers.missed();
    state = "up";
    announce("up", "info", "The registry's feed is up: changes arrive as they are made.", {});
  }

  function down(reason: Error): void {
    state = "down";
    if (closing.signal.aborted) return;
    announce(
      "down",
      "warning",
      "The registry's feed is down: tenants are kept no longer than a second until it is up again. Check the database, and that no pooler in transaction mode is in between.",
      { reason: (reason as { code?: string }).code ?? reason.message },
    );
  }

  function announce(
    now: "up" | "down",
    severity: "info" | "warning",
    message: string,
    detail: Record<string, string>,
  ): void {
    if (announced === now) return;
    announced = now;
    emitEvent(onEvent, { type: `registry.feed-${now}`, severity, message, detail });
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

/** Leaves no listener behind: a feed that lives for months connects anew many times. */
async function lostOrClosed(lost: Promise<Error>, closing: AbortSignal): Promise<Error> {
  let onClose = (): void => undefined;
  const closed = new Promise<Error>((resolve) => {
    onClose = () => resolve(new Error("the feed was closed"));
  });
  closing.addEventListener("abort", onClose, { once: true });
  if (closing.aborted) onClose();
  try {
    return await Promise.race([lost, closed]);
  } finally {
    closing.removeEventListener("abort", onClose);
  }
}
