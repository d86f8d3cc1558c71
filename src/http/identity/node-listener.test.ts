import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import type { IdentityHandler } from "./handler.js";
import { identityListener } from "./node-listener.js";

/** A server whose application says how many bytes it got of what identity did not take. */
async function serve(handler: IdentityHandler): Promise<string> {
  const listener = identityListener(handler);
  const server = createServer((request, response) =>
    listener(request, response, () => {
      void lengthOf(request).then((length) => response.end(`application: ${length}`));
    }),
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function lengthOf(request: IncomingMessage): Promise<number> {
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) length += chunk.length;
  return length;
}

const post = async (origin: string, body: string): Promise<string> =>
  (
    await fetch(`${origin}/api`, { method: "POST", body, signal: AbortSignal.timeout(5_000) })
  ).text();

it.each([1, 100, 1_000_000])("leaves a body of %d bytes to whoever comes next", async (length) => {
  const origin = await serve(() => Promise.resolve(null));
  expect(await post(origin, "x".repeat(length))).toBe(`application: ${length}`);
});

it("hands the body of its own requests to the handler", async () => {
  const origin = await serve(async (request) => new Response(await request.text()));
  expect(await post(origin, "a".repeat(200_000))).toBe("a".repeat(200_000));
});
