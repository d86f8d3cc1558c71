import { connect as connectPlain, type Socket } from "node:net";
import { connect as connectSecure } from "node:tls";
import { TenantryError } from "../../../core/tenantry-error.js";
import { readReply, RedisRefusal, type Reply } from "./reply.js";

/** One connection: commands are answered in their order. */
export interface RedisConnection {
  /** @throws {TenantryError} `PROOF_IMPOSSIBLE` */
  send(...command: readonly string[]): Promise<Reply>;
  close(): void;
  /** As `127.0.0.1:6379/0`. */
  readonly place: string;
}

const patience = 10_000;

/**
 * Reading a few keys is no reason for every user to install a client.
 * @param text as `redis://user:password@host:6379/0`, or `rediss://`
 * @throws {TenantryError} `CONFIG_INVALID`, `PROOF_IMPOSSIBLE`
 */
export async function connectRedis(text: string): Promise<RedisConnection> {
  const url = parse(text);
  const port = Number(url.port) || 6379;
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const secure = url.protocol === "rediss:";
  const socket = secure
    ? connectSecure({ host, port, servername: host })
    : connectPlain({ host, port });
  const send = await sender(socket, secure ? "secureConnect" : "connect", `${host}:${port}`);
  const place = `${host}:${port}/${url.pathname.slice(1) || "0"}`;
  const connection = { send, close: () => socket.destroy(), place };
  try {
    await greet(send, url);
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

async function greet(send: RedisConnection["send"], url: URL): Promise<void> {
  const [user, password] = [url.username, url.password].map(decodeURIComponent);
  if (password !== "") await send("AUTH", ...(user === "" ? [] : [user!]), password!);
  const index = url.pathname.slice(1);
  if (index !== "") await send("SELECT", index);
  await send("PING");
}

interface Waiting {
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: Error) => void;
}

async function sender(socket: Socket, ready: string, where: string) {
  const waiting: Waiting[] = [];
  let received: Buffer = Buffer.alloc(0);
  let broken: Error | undefined;
  const fail = (why: string) => {
    broken ??= impossible(`Redis at ${where} ${why}.`);
    for (const each of waiting.splice(0)) each.reject(broken);
    socket.destroy();
  };
  socket.setTimeout(patience, () => fail(`did not answer within ${patience} ms`));
  socket.on("error", (error) => fail(`could not be reached: ${error.message}`));
  socket.on("close", () => fail("closed the connection"));
  socket.on("data", (chunk) => {
    received = Buffer.concat([received, chunk]);
    try {
      for (let next = readReply(received, 0); next !== null; next = readReply(received, 0)) {
        received = received.subarray(next.end);
        settle(waiting.shift(), next.reply);
      }
    } catch (error) {
      fail((error as Error).message);
    }
  });
  await new Promise<void>((resolve, reject) => {
    waiting.push({ resolve: () => resolve(), reject });
    socket.once(ready, () => waiting.shift()?.resolve(null));
  });
  return (...command: readonly string[]): Promise<Reply> =>
    new Promise((resolve, reject) => {
      if (broken !== undefined) return reject(broken);
      waiting.push({ resolve, reject });
      socket.write(encoded(command));
    });
}

function settle(waiting: Waiting | undefined, reply: Reply): void {
  if (reply instanceof RedisRefusal)
    waiting?.reject(impossible(`Redis refuses: ${reply.message}.`));
  else waiting?.resolve(reply);
}

function encoded(command: readonly string[]): string {
  const parts = command.map((part) => `$${Buffer.byteLength(part)}\r\n${part}\r\n`);
  return `*${command.length}\r\n${parts.join("")}`;
}

function parse(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url !== null && /^rediss?:$/.test(url.protocol) && url.hostname !== "") return url;
  throw new TenantryError("CONFIG_INVALID", {
    message: "The URL of Redis cannot be read.",
    fix: "Write it as redis://user:password@host:6379/0, or rediss:// for TLS.",
  });
}

function impossible(message: string): TenantryError {
  return new TenantryError("PROOF_IMPOSSIBLE", {
    message,
    fix: "Check that it runs, and --redis-url.",
  });
}
