import { once } from "node:events";
import {
  request as httpRequest,
  type Agent,
  type IncomingHttpHeaders,
  type IncomingMessage,
} from "node:http";
import { connect, type Socket } from "node:net";

export interface Ask {
  readonly host?: string;
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent piece by piece, chunked. */
  readonly body?: readonly string[];
  readonly agent?: Agent;
}

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** One request over loopback. A response that breaks off gives what came of it. */
export async function ask(port: number, given: Ask = {}): Promise<Reply> {
  const {
    host = "acme.example.com",
    method = "GET",
    path = "/where",
    headers,
    body,
    agent,
  } = given;
  const request = httpRequest({
    port,
    host: "127.0.0.1",
    method,
    path,
    headers: { ...headers, host },
    agent: agent ?? false,
  });
  for (const piece of body ?? []) {
    request.write(piece);
    if (body!.length < 100) await new Promise((resolve) => setTimeout(resolve, 1));
  }
  request.end();
  const [response] = (await once(request, "response")) as [IncomingMessage];
  let text = "";
  response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
  response.on("error", () => undefined);
  await once(response, "close");
  return { status: response.statusCode!, headers: response.headers, body: text };
}

/** Opens a connection; what comes back is in `received()`. */
export function open(port: number): { socket: Socket; received(): string } {
  const socket = connect(port, "127.0.0.1");
  let text = "";
  socket.setEncoding("latin1").on("data", (chunk: string) => (text += chunk));
  socket.on("error", () => undefined);
  return { socket, received: () => text };
}

/** Sends bytes as they are, and gives all that comes back until the server closes. */
export async function sendRaw(port: number, text: string): Promise<string> {
  const { socket, received } = open(port);
  socket.write(Buffer.from(text, "latin1"));
  await once(socket, "close");
  return received();
}

/** A request without a body that ends its connection. */
export function rawRequest(path: string, lines: readonly string[], method = "GET"): string {
  return `${[`${method} ${path} HTTP/1.1`, "Connection: close", ...lines].join("\r\n")}\r\n\r\n`;
}

/** An answer but for the one header that tells the time. */
export function withoutDate(answer: string): string {
  return answer.replace(/^date: .*\r\n/im, "");
}
