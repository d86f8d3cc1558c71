import { connect as connectPlain, type Socket } from "node:net";
import { connect as connectSecure } from "node:tls";
import type { Target } from "../identity/target.js";
import type { Answer } from "./message.js";
import type { WireRequest } from "./send.js";

const patience = 5_000;
const longest = 5_000_000;

/** Over a bare socket: what no HTTP client sends, such as two Host lines. */
export async function sendRaw(
  target: Target,
  serverName: string,
  wire: WireRequest,
  lines: readonly string[],
): Promise<Answer> {
  const started = performance.now();
  const received = await exchange(target, serverName, headOf(wire, lines) + (wire.body ?? ""));
  return { ...parseAnswer(received), milliseconds: performance.now() - started };
}

function headOf({ method, path, headers }: WireRequest, lines: readonly string[]): string {
  const named = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return `${[`${method} ${path} HTTP/1.1`, ...named, ...lines, "connection: close"].join("\r\n")}\r\n\r\n`;
}

export function exchange(
  { address, port, secure }: Target,
  servername: string,
  text: string,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket: Socket = secure
      ? connectSecure({ host: address, port, servername })
      : connectPlain({ host: address, port });
    const chunks: Buffer[] = [];
    let length = 0;
    const finish = () => {
      socket.destroy();
      resolve(Buffer.concat(chunks));
    };
    socket.setTimeout(patience, finish);
    socket.on(secure ? "secureConnect" : "connect", () => socket.write(text));
    socket.on("data", (chunk) => {
      chunks.push(chunk);
      length += chunk.length;
      if (length > longest) finish();
    });
    socket.on("end", finish);
    socket.on("error", (error) => (chunks.length > 0 ? finish() : reject(error)));
  });
}

/** @returns status 0 where what came back is no HTTP */
export function parseAnswer(received: Buffer): Omit<Answer, "milliseconds"> {
  const end = received.indexOf("\r\n\r\n");
  const [first = "", ...lines] = received
    .subarray(0, end === -1 ? received.length : end)
    .toString("latin1")
    .split("\r\n");
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(":");
    if (colon > 0)
      headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  const body = end === -1 ? Buffer.alloc(0) : received.subarray(end + 4);
  const chunked = /chunked/i.test(headers.get("transfer-encoding") ?? "");
  const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(first)?.[1] ?? 0);
  return { status, headers, text: (chunked ? unchunk(body) : body).toString("utf8") };
}

function unchunk(body: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < body.length;) {
    const end = body.indexOf("\r\n", at);
    const size = end === -1 ? NaN : Number.parseInt(body.subarray(at, end).toString("latin1"), 16);
    if (!(size > 0)) break;
    parts.push(body.subarray(end + 2, end + 2 + size));
    at = end + 2 + size + 2;
  }
  return Buffer.concat(parts);
}
