import { describe, expect, it } from "vitest";
import type { ErrorCode } from "tenantry";
import { errorCodes } from "../../../src/core/errors.js";
import { TenantryError } from "../../../src/core/tenantry-error.js";
import type { Running } from "../http.js";
import { ask, rawRequest, sendRaw, withoutDate, type Reply } from "./client.js";
import { secretText } from "./application.js";

const known = ["Host: acme.example.com"];

/** Hosts that lead to no tenant, each for a reason of its own. */
const strangers: readonly (readonly [why: string, lines: readonly string[]])[] = [
  ["an unknown tenant", ["Host: none.example.com"]],
  ["another unknown tenant", ["Host: nobody.example.com:8080"]],
  ["a reserved name", ["Host: www.example.com"]],
  ["the base domain", ["Host: example.com"]],
  ["an unknown domain", ["Host: shop.example.org"]],
  ["an address", ["Host: 127.0.0.1"]],
  ["no Host", []],
  ["an empty Host", ["Host:"]],
  ["two Hosts", [...known, "Host: globex.example.com"]],
  ["userinfo", ["Host: a@acme.example.com"]],
  ["a list", ["Host: acme.example.com, globex.example.com"]],
  ["a path", ["Host: acme.example.com/x"]],
  ["a fragment", ["Host: acme.example.com#x"]],
  ["an encoded letter", ["Host: %61cme.example.com"]],
  ["a byte above ASCII", ["Host: acm\xe9.example.com"]],
  ["a port that is none", ["Host: acme.example.com:http"]],
  ["a forwarded host", ["X-Forwarded-Host: acme.example.com", "Host: none.example.com"]],
];

export function expectAnswer(
  reply: Reply,
  code: ErrorCode,
  status = errorCodes[code].status,
): void {
  expect(reply.status).toBe(status);
  const body = JSON.stringify({ error: { code, title: errorCodes[code].title } });
  expect(reply.body).toBe(body);
  expect(reply.headers).toMatchObject({
    "content-type": "application/json",
    "content-length": String(body.length),
    "cache-control": "no-store",
  });
}

export function answerCases(running: () => Running): void {
  describe("a request without a known tenant", () => {
    it("is answered 400, with code and title and nothing more", async () => {
      const { port, events } = running();
      events.length = 0;
      expectAnswer(await ask(port, { host: "none.example.com" }), "TENANT_UNRESOLVED");
      expect(events.map(({ type }) => type)).toEqual(["tenant.unresolved"]);
    });

    it("gets the same bytes whatever the reason", async () => {
      const { port, events } = running();
      const reference = withoutDate(await sendRaw(port, rawRequest("/where", strangers[0]![1])));
      expect(reference).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
      for (const [why, lines] of strangers) {
        events.length = 0;
        const answer = withoutDate(await sendRaw(port, rawRequest("/where", lines)));
        expect([why, answer]).toEqual([why, reference]);
        expect([why, events[0]?.type]).toEqual([why, "tenant.unresolved"]);
      }
    });

    it("gets the same headers and no body for HEAD", async () => {
      const { port } = running();
      const get = await sendRaw(port, rawRequest("/where", strangers[0]![1]));
      for (const [why, lines] of strangers) {
        const head = await sendRaw(port, rawRequest("/where", lines, "HEAD"));
        const expected = `${withoutDate(get).split("\r\n\r\n", 1)[0]}\r\n\r\n`;
        expect([why, withoutDate(head)]).toEqual([why, expected]);
      }
    });

    it("gets the same bytes over HTTP/1.0, with a Host or without", async () => {
      const { port } = running();
      const bare = await sendRaw(port, "GET /where HTTP/1.0\r\n\r\n");
      const unknown = await sendRaw(port, "GET /where HTTP/1.0\r\nHost: none.example.com\r\n\r\n");
      expect(bare).toMatch(/^HTTP\/1\.1 400 /);
      expect(withoutDate(bare)).toBe(withoutDate(unknown));
    });
  });

  describe("a request that is not let in", () => {
    it.each([["sleepy"], ["gone"]])("is answered 403 where the tenant is %s", async (slug) => {
      const reply = await ask(running().port, { host: `${slug}.example.com` });
      expectAnswer(reply, "TENANT_INACTIVE");
    });

    it("is answered 403, and reported, where host and token name different tenants", async () => {
      const { port, events, token } = running();
      const headers = { authorization: `Bearer ${await token("globex")}` };
      events.length = 0;
      expectAnswer(await ask(port, { headers }), "TENANT_MISMATCH");
      expect(events).toMatchObject([{ type: "tenant.mismatch", severity: "security" }]);
    });

    it("is answered 401 with a bare challenge where a token is required", async () => {
      const { port } = running();
      const reply = await ask(port, { path: "/api/where" });
      expectAnswer(reply, "TOKEN_REQUIRED");
      expect(reply.headers["www-authenticate"]).toBe("Bearer");
      const headers = { authorization: "Bearer a.b.c" };
      const invalid = await ask(port, { path: "/api/where", headers });
      expectAnswer(invalid, "TOKEN_INVALID");
      expect(invalid.headers["www-authenticate"]).toBe("Bearer");
    });

    it("learns nothing of hosts while it has no token", async () => {
      const { port } = running();
      const answers = await Promise.all(
        [known, ["Host: none.example.com"], ["Host: sleepy.example.com"], ["Host: x@y"]].map(
          async (lines) => withoutDate(await sendRaw(port, rawRequest("/api/where", lines))),
        ),
      );
      expect(answers[0]).toMatch(/^HTTP\/1\.1 401 /);
      // What a server makes no URL of may be answered before the application is asked.
      expect(new Set(answers.slice(0, 3)).size).toBe(1);
    });

    it("is answered 503 with Retry-After, and reported, where the registry is down", async () => {
      const { port, events } = running();
      const down = new TenantryError("REGISTRY_UNAVAILABLE", { message: secretText, fix: "Wait." });
      const reply = await whileFinding(running(), down, () => ask(port));
      expectAnswer(reply, "REGISTRY_UNAVAILABLE");
      expect(reply.headers["retry-after"]).toBe("1");
      expect(events.at(-1)).toMatchObject({
        type: "request.failed",
        detail: { code: "REGISTRY_UNAVAILABLE" },
      });
    });

    it("is answered a generic 500, and reported, where resolving fails otherwise", async () => {
      const { port, events } = running();
      const reply = await whileFinding(running(), new Error(secretText), () => ask(port));
      expectAnswer(reply, "INTERNAL");
      expect(events.at(-1)).toMatchObject({
        type: "request.failed",
        severity: "warning",
        message: `Error: ${secretText}`,
        detail: { code: "INTERNAL", tenant: null },
      });
    });
  });
}

async function whileFinding<T>(
  running: Running,
  failure: Error,
  work: () => Promise<T>,
): Promise<T> {
  running.beforeFind = () => {
    throw failure;
  };
  try {
    return await work();
  } finally {
    running.beforeFind = () => undefined;
  }
}
