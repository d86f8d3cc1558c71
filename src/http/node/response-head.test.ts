import type { ServerResponse } from "node:http";
import { describe, expect, it } from "vitest";
import { sendRaw } from "../../../test/conformance/http/client.js";
import { listen } from "../tenancy.test-support.js";
import { completeHead } from "./response-head.js";

type Write = (response: ServerResponse) => void;

/** The header lines that really go out, sorted, without node's own. */
async function headOf(write: Write): Promise<string[]> {
  const { port, close } = await listen((_request, response) => {
    completeHead(response, ["authorization"]);
    write(response);
    response.end("x");
  });
  try {
    const [head = ""] = (
      await sendRaw(port, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    ).split("\r\n\r\n");
    const [status = "", ...lines] = head.split("\r\n");
    const nodes = /^(?:date|connection|transfer-encoding|content-length):/i;
    return [status, ...lines.filter((line) => !nodes.test(line)).sort()];
  } finally {
    await close();
  }
}

const ok = "HTTP/1.1 200 OK";
const noStore = "cache-control: private, no-store";

describe("the head of a tenant's response is completed", () => {
  it.each<[string, Write, string[]]>([
    ["where nothing was set", () => undefined, [ok, noStore, "vary: authorization"]],
    [
      "where headers were set one by one",
      (response) => response.setHeader("Vary", ["Accept", "Origin"]).setHeader("X-A", "1"),
      [ok, "X-A: 1", noStore, "vary: Accept, Origin, authorization"],
    ],
    [
      "where they are given as an object",
      (response) => response.writeHead(200, { VARY: "Accept", "X-A": 1 }),
      [ok, "X-A: 1", noStore, "vary: Accept, authorization"],
    ],
    [
      "where they are given as a list, cookies and all",
      (response) => response.writeHead(200, ["Set-Cookie", "a=1", "Set-Cookie", "b=2"]),
      [ok, "Set-Cookie: a=1", "Set-Cookie: b=2", noStore, "vary: authorization"],
    ],
    [
      "where they are given as pairs",
      (response) =>
        response.writeHead(200, [
          ["Vary", "Accept"],
          ["Cache-Control", "public"],
        ] as unknown as string[]),
      [ok, "cache-control: public", "vary: Accept, authorization"],
    ],
    [
      "where there is a reason phrase",
      (response) => response.writeHead(299, "Fine", { "cache-control": "max-age=5" }),
      ["HTTP/1.1 299 Fine", "cache-control: max-age=5", "vary: authorization"],
    ],
    [
      "where the reason phrase is left out in between",
      (response) =>
        (response.writeHead as (...values: unknown[]) => unknown)(200, undefined, { Vary: "*" }),
      [ok, noStore, "vary: *"],
    ],
    [
      "where what is given replaces what was set",
      (response) => {
        response.setHeader("Cache-Control", "public").setHeader("Vary", "Accept");
        response.writeHead(200, { "Cache-Control": "no-cache", Vary: "Origin" });
      },
      [ok, "cache-control: no-cache", "vary: Origin, authorization"],
    ],
    [
      "where the old name of writeHead is used",
      (response) => (response as unknown as { writeHeader(status: number): void }).writeHeader(200),
      [ok, noStore, "vary: authorization"],
    ],
    [
      "where they are flushed",
      (response) => response.flushHeaders(),
      [ok, noStore, "vary: authorization"],
    ],
  ])("%s", async (_, write, expected) => {
    expect(await headOf(write)).toEqual([expected[0], ...expected.slice(1).sort()]);
  });
});
