import { request as plainRequest, type Agent, type IncomingMessage } from "node:http";
import { request as secureRequest } from "node:https";
import type { Target } from "../identity/target.js";
import type { Answer } from "./message.js";

export interface WireRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What is longer is cut: it is searched for strings, not kept. */
const longestBody = 5_000_000;
const patience = 15_000;

/** Sends as it is told: redirects are answers, bodies are not unpacked, hosts are what is said. */
export function send(
  target: Target,
  serverName: string,
  agent: Agent,
  wire: WireRequest,
): Promise<Answer> {
  const { address, port, secure } = target;
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const outgoing = (secure ? secureRequest : plainRequest)(
      {
        host: address,
        port,
        servername: serverName,
        agent,
        method: wire.method,
        path: wire.path,
        headers: wire.headers,
        timeout: patience,
      },
      (response) =>
        void collect(response).then(
          (text) => resolve(answerOf(response, text, performance.now() - started)),
          reject,
        ),
    );
    outgoing.on("timeout", () => outgoing.destroy(new Error(`no answer within ${patience} ms`)));
    outgoing.on("error", reject);
    outgoing.end(wire.body);
  });
}

async function collect(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= longestBody) chunks.push(chunk);
    else break;
  }
  return Buffer.concat(chunks).toString("utf8");
}

function answerOf(response: IncomingMessage, text: string, milliseconds: number): Answer {
  const headers = new Map<string, string>();
  for (let index = 0; index + 1 < response.rawHeaders.length; index += 2) {
    const name = response.rawHeaders[index]!.toLowerCase();
    const before = headers.get(name);
    const value = response.rawHeaders[index + 1]!;
    headers.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return { status: response.statusCode ?? 0, headers, text, milliseconds };
}
