import { Agent } from "node:http";
import { describe, expect, it } from "vitest";
import type { Running } from "../http.js";
import { ask } from "./client.js";
import { tenantSlugs } from "./tenancy.js";

const thousandItems = {
  items: Array.from({ length: 1000 }, (_, n) => ({ n, text: "x".repeat(300) })),
};

/** A JSON body of some 300 kB in pieces that end anywhere. */
const largeBody = (): string[] => JSON.stringify(thousandItems).match(/[^]{1,7001}/g)!;

const multipart = (): { headers: Record<string, string>; body: string[] } => {
  const part = (name: string) =>
    `--edge\r\nContent-Disposition: form-data; name="${name}"; filename="${name}"\r\n\r\n${"y".repeat(40_000)}\r\n`;
  return {
    headers: { "content-type": "multipart/form-data; boundary=edge" },
    body: [part("one"), part("two"), part("three"), "--edge--\r\n"],
  };
};

export function scopeCases(running: () => Running): void {
  describe("the scope", () => {
    it("is there in a handler", async () => {
      expect((await ask(running().port)).body).toBe("acme");
      expect((await ask(running().port, { host: "GLOBEX.example.com:80" })).body).toBe("globex");
    });

    it("is there after an await, in timers, ticks and microtasks", async () => {
      const { body } = await ask(running().port, { path: "/everywhere" });
      expect(new Set(JSON.parse(body) as string[])).toEqual(new Set(["acme"]));
    });

    it("is there after a large chunked body was parsed as JSON", async () => {
      const headers = { "content-type": "application/json" };
      const given = { method: "POST", path: "/json", headers, body: largeBody() };
      const { body } = await ask(running().port, given);
      expect(JSON.parse(body)).toEqual({ tenant: "acme", items: 1000 });
    });

    it("is there while a body comes in, and at its end", async () => {
      const body = Array.from({ length: 20 }, () => "z".repeat(5000));
      const reply = await ask(running().port, { method: "POST", path: "/body", body });
      expect(reply.body).toBe("acme");
    });

    it("is there in the parser of a multipart upload", async () => {
      const reply = await ask(running().port, { method: "POST", path: "/upload", ...multipart() });
      expect(JSON.parse(reply.body)).toEqual(["acme"]);
    });

    it("is there for every piece of a streamed response", async () => {
      const { body } = await ask(running().port, { path: "/stream" });
      expect(body).toBe("acme ".repeat(5));
    });

    it("is there as the response ends", async () => {
      await ask(running().port, { path: "/finish?id=ends" });
      await expect
        .poll(() => running().application.notes.get("ends"))
        .toEqual(["finish: acme", "close: acme"]);
    });

    it("is there for HEAD, and for a preflight, which is resolved like any request", async () => {
      const { port } = running();
      expect((await ask(port, { method: "HEAD" })).status).toBe(200);
      const headers = {
        origin: "https://app.example.org",
        "access-control-request-method": "POST",
      };
      const preflight = { method: "OPTIONS", headers };
      expect(await ask(port, preflight)).toMatchObject({
        status: 204,
        headers: { "x-tenant": "acme" },
      });
      expect((await ask(port, { ...preflight, host: "none.example.com" })).status).toBe(400);
    });

    it("is the token's actor and tenant where one is required", async () => {
      const token = await running().token("acme");
      const headers = { authorization: `Bearer ${token}` };
      expect(await ask(running().port, { path: "/api/where", headers })).toMatchObject({
        status: 200,
        body: "acme",
      });
    });

    it("is no other's in 60 concurrent flows of six tenants over kept connections", async () => {
      const agent = new Agent({ keepAlive: true, maxSockets: 12 });
      const flows = Array.from({ length: 60 }, (_, flow) => mixedFlow(running(), agent, flow));
      const wrong = (await Promise.all(flows)).flat();
      agent.destroy();
      expect(wrong).toEqual([]);
    });
  });

  describe("a central route", () => {
    it.each([["/healthz"], ["/public/page"]])("%s runs without a scope", async (path) => {
      const reply = await ask(running().port, { path });
      expect(reply).toMatchObject({ status: 200, body: "SCOPE_REQUIRED" });
      const stranger = await ask(running().port, { path, host: "none.example.com" });
      expect(stranger.body).toBe("SCOPE_REQUIRED");
    });

    it("keeps its headers as they are", async () => {
      const { headers } = await ask(running().port, { path: "/public/page" });
      expect(headers.vary).toBe("Accept");
      expect(headers["cache-control"]).toBeUndefined();
    });
  });
}

/** Ten requests, each of another kind and tenant than the last; gives what was not as it had to be. */
async function mixedFlow(
  { port, application }: Running,
  agent: Agent,
  flow: number,
): Promise<string[]> {
  const wrong: string[] = [];
  for (let turn = 0; turn < 10; turn += 1) {
    const slug = tenantSlugs[(flow * 7 + turn * 5) % tenantSlugs.length]!;
    const id = `flow-${flow}-${turn}`;
    const host = `${slug}.example.com`;
    const kinds = [
      { path: "/where", expected: slug },
      { path: "/everywhere", expected: JSON.stringify(Array.from({ length: 7 }, () => slug)) },
      { path: "/stream", expected: `${slug} `.repeat(5) },
      { path: `/finish?id=${id}`, expected: "ok" },
      { path: "/body", method: "POST", body: ["some", "more"], expected: slug },
      { path: "/healthz", expected: "SCOPE_REQUIRED" },
    ];
    const { expected, ...given } = kinds[(flow + turn) % kinds.length]!;
    const { body } = await ask(port, { ...given, host, agent });
    if (body !== expected) wrong.push(`${host}${given.path}: ${body}`);
    const notes = application.notes.get(id) ?? [];
    wrong.push(...notes.filter((text) => !text.endsWith(`: ${slug}`)).map((text) => id + text));
  }
  return wrong;
}
