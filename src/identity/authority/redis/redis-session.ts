import { randomBytes } from "node:crypto";
import type { OpenSession } from "../../../registry/feed/keep-open.js";
import { within } from "../../../registry/within.js";
import type { RedisLink } from "./contract.js";

export interface RedisSessionSettings {
  readonly link: RedisLink;
  readonly channel: string;
  /** For pings: a channel that nobody else listens to. */
  readonly pingChannel: string;
  /** Milliseconds between one ping's return and the next. */
  readonly pingInterval: number;
  /** Milliseconds for connecting, and for a ping's way back. */
  readonly timeout: number;
}

/**
 * Listens, and sends itself pings by the client that publishes: so both connections are known to work,
 * and one that was cut silently is noticed, of which neither library says anything.
 * @throws where it does not connect, or a first ping does not come back
 */
export async function openRedisSession(
  { link, channel, pingChannel, pingInterval, timeout }: RedisSessionSettings,
  onMessage: (text: string) => void,
): Promise<OpenSession> {
  let awaited: { nonce: string; arrived: () => void } | null = null;
  const listener = link.listen([channel, pingChannel], (from, text) => {
    if (from === channel) onMessage(text);
    else if (text === awaited?.nonce) awaited.arrived();
  });

  async function ping(): Promise<void> {
    const nonce = randomBytes(8).toString("hex");
    const echo = new Promise<void>((arrived) => (awaited = { nonce, arrived }));
    const sent = link.send(["PUBLISH", pingChannel, nonce]);
    await within(timeout, "the ping's way through Redis", Promise.all([sent, echo]));
  }

  try {
    await within(timeout, "connecting to Redis", listener.ready);
    await ping();
  } catch (error) {
    listener.close();
    throw error;
  }
  const pings = keepPinging(ping, pingInterval);
  return {
    lost: Promise.race([listener.lost, pings.failed]),
    close() {
      pings.stop();
      listener.close();
    },
  };
}

function keepPinging(ping: () => Promise<void>, interval: number) {
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  const failed = new Promise<Error>((resolve) => {
    const next = (): void => {
      if (!isStopped) timer = setTimeout(() => void ping().then(next, resolve), interval);
    };
    next();
  });
  const stop = (): void => {
    isStopped = true;
    clearTimeout(timer);
  };
  return { failed, stop };
}
