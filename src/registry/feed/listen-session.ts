import { randomBytes } from "node:crypto";
import { abandon, type FeedClient } from "./client.js";
import { within } from "../within.js";
import type { OpenSession } from "./keep-open.js";
import { UndeliveredError } from "./pauses.js";

export interface SessionSettings {
  /** Gives a new, unconnected client at each call. */
  readonly newClient: () => FeedClient;
  /** What is listened to. A plain lower-case name: it stands in the statement as it is. */
  readonly channel: string;
  /** For pings, one to a feed: what stays behind in a pooler is then always the same. */
  readonly pingChannel: string;
  /** Milliseconds between one ping's return and the next. */
  readonly pingInterval: number;
  /** Milliseconds within which each step of getting up (connecting, LISTEN, a first ping) must be done. */
  readonly timeout: number;
  /** Milliseconds within which a later ping must be back. Default `timeout`. */
  readonly pingTimeout?: number;
}

/**
 * Opens a connection that hands every payload of the channel to `onPayload`.
 * @throws where it does not connect; an UndeliveredError where it does, and does not receive what
 * another connection sends
 */
export async function openListenSession(
  settings: SessionSettings,
  onPayload: (payload: string) => void,
): Promise<OpenSession> {
  const { newClient, channel: listenedTo, timeout } = settings;
  const client = newClient();
  const echoes = createEchoes(settings.pingChannel);
  const lost = new Promise<Error>((resolve) => {
    client.on("error", resolve);
    client.on("end", () => resolve(new Error("the connection was closed")));
  });
  client.on("notification", ({ channel, payload = "" }) => {
    if (channel === listenedTo) onPayload(payload);
    else echoes.arrived(payload);
  });
  let listened = false;
  try {
    await within(timeout, "connecting", client.connect());
    listened = true;
    // One message: one transaction, and so one server connection even behind a pooler.
    const listen = `listen ${listenedTo}; listen ${echoes.channel}`;
    await within(timeout, "LISTEN", client.query(listen));
    await proveDelivery(settings, echoes);
  } catch (error) {
    abandon(client, { listened });
    throw error;
  }
  const pings = keepPinging(client, echoes, settings);
  return {
    lost: Promise.race([lost, pings.failed]),
    close() {
      pings.stop();
      abandon(client, { listened });
    },
  };
}

/** Awaits notifications on a channel of the feed's own. */
interface Echoes {
  readonly channel: string;
  /** Sends a nonce through `client` and waits until it has come back. */
  ping(client: FeedClient, timeout: number): Promise<void>;
  arrived(payload: string): void;
}

export function newPingChannel(): string {
  return `tenantry_ping_${randomBytes(8).toString("hex")}`;
}

function createEchoes(channel: string): Echoes {
  const awaited = new Map<string, () => void>();
  return {
    channel,
    async ping(client, timeout) {
      const nonce = randomBytes(8).toString("hex");
      const echo = new Promise<void>((resolve) => awaited.set(nonce, resolve));
      let isSent = false;
      const sent = client
        .query("select pg_catalog.pg_notify($1, $2)", [channel, nonce])
        .then(() => (isSent = true));
      try {
        await within(timeout, "the ping's way back", Promise.all([sent, echo]));
      } catch (error) {
        throw isSent ? new UndeliveredError((error as Error).message) : error;
      } finally {
        awaited.delete(nonce);
      }
    },
    arrived: (payload) => awaited.get(payload)?.(),
  };
}

/**
 * A second connection sends the first ping. Behind a pooler in transaction mode a ping to oneself
 * comes back while nothing else does: the notification must reach a session that is doing nothing.
 */
async function proveDelivery({ newClient, timeout }: SessionSettings, echoes: Echoes) {
  const sender = newClient();
  sender.on("error", () => undefined);
  try {
    await within(timeout, "connecting", sender.connect());
    await echoes.ping(sender, timeout);
  } finally {
    abandon(sender, { listened: false });
  }
}

/** Pings to oneself, one after the other: an idle connection that was cut gives no sign by itself. */
function keepPinging(client: FeedClient, echoes: Echoes, settings: SessionSettings) {
  const { pingInterval, timeout, pingTimeout = timeout } = settings;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const failed = new Promise<Error>((resolve) => {
    const next = () => {
      if (stopped) return;
      timer = setTimeout(() => {
        echoes.ping(client, pingTimeout).then(next, resolve);
      }, pingInterval);
    };
    next();
  });
  const stop = () => {
    stopped = true;
    clearTimeout(timer);
  };
  return { failed, stop };
}
