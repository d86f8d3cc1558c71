import { connect as connectPlain, type Socket } from "node:net";
import { connect as connectSecure } from "node:tls";
import type { Answer } from "../../probe/http/message.js";
import { exchange, parseAnswer } from "../../probe/http/send-raw.js";
import type { Target } from "../../probe/identity/target.js";

/** A request as no client would send it: its Host lines are what is said, none or several. */
export interface BareRequest {
  /** Default GET. */
  readonly method?: string;
  /** As it goes onto the wire. */
  readonly path: string;
  /** Default 1.1. */
  readonly version?: "1.0" | "1.1";
  /** One Host line each. */
  readonly hosts: readonly string[];
  /** In the order of sending. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** @returns status 0 where the connection was closed without an answer */
export async function sendBare(
  target: Target,
  serverName: string,
  request: BareRequest,
): Promise<Answer> {
  const started = performance.now();
  const received = await exchange(target, serverName, textOf(request)).catch(hungUp);
  return { ...parseAnswer(received), milliseconds: performance.now() - started };
}

/** Sends a request and goes away before it can be answered. */
export function abandon(target: Target, serverName: string, request: BareRequest): Promise<void> {
  const { address: host, port, secure } = target;
  return new Promise((resolve) => {
    const socket: Socket = secure
      ? connectSecure({ host, port, servername: serverName })
      : connectPlain({ host, port });
    const leave = () => {
      socket.destroy();
      resolve();
    };
    socket.on("error", leave);
    socket.setTimeout(5_000, leave);
    socket.on(secure ? "secureConnect" : "connect", () => socket.write(textOf(request), leave));
  });
}

export function textOf({
  method = "GET",
  path,
  version = "1.1",
  hosts,
  headers = {},
  body = "",
}: BareRequest): string {
  const lines = [
    `${method} ${path} HTTP/${version}`,
    ...hosts.map((host) => `Host: ${host}`),
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    "connection: close",
  ];
  return `${lines.join("\r\n")}\r\n\r\n${body}`;
}

/** A reset is an answer of its own kind; a server that is not there is none. */
function hungUp(error: unknown): Buffer {
  const { code } = error as { code?: unknown };
  if (code === "ECONNRESET" || code === "EPIPE") return Buffer.alloc(0);
  throw error;
}
