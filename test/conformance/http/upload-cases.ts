import { Agent } from "node:http";
import { describe, expect, it } from "vitest";
import type { Running } from "../http.js";
import { ask, open } from "./client.js";
import { tenantSlugs } from "./tenancy.js";

const part = (name: string, size: number) =>
  `--edge\r\nContent-Disposition: form-data; name="${name}"; filename="${name}"\r\n\r\n${"y".repeat(size)}\r\n`;

const multipart = { "content-type": "multipart/form-data; boundary=edge" };

/** A multipart body in pieces that end anywhere. */
const form = (size: number) =>
  `${part("one", size)}${part("two", 10)}--edge--\r\n`.match(/[^]{1,4096}/g)!;

export function uploadCases(running: () => Running): void {
  describe("an upload", () => {
    it("is its own tenant's among 24 of six tenants at once over kept connections", async () => {
      const agent = new Agent({ keepAlive: true, maxSockets: 8 });
      const slugs = Array.from({ length: 24 }, (_, index) => tenantSlugs[index % 6]!);
      const bodies = await Promise.all(
        slugs.map(async (slug, index) => {
          const given = { method: "POST", path: "/upload", headers: multipart, agent };
          const body = form(1000 * (index + 1));
          return (await ask(running().port, { ...given, body, host: `${slug}.example.com` })).body;
        }),
      );
      agent.destroy();
      expect(bodies).toEqual(slugs.map((slug) => JSON.stringify([slug])));
    });

    it("that breaks off leaves nothing behind for the next one", async () => {
      const { port } = running();
      for (const slug of ["acme", "globex", "initech"]) {
        const { socket } = open(port);
        const head = `Host: ${slug}.example.com\r\nContent-Type: ${multipart["content-type"]}\r\nContent-Length: 50000`;
        socket.write(`POST /upload HTTP/1.1\r\n${head}\r\n\r\n${part("one", 5000)}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
        socket.destroy();
      }
      await new Promise((resolve) => setTimeout(resolve, 30));
      for (const slug of ["wonka", "acme"]) {
        const given = { method: "POST", path: "/upload", headers: multipart, body: form(100) };
        const { body } = await ask(port, { ...given, host: `${slug}.example.com` });
        expect(body).toBe(JSON.stringify([slug]));
      }
    });
  });

  describe("a response that its client leaves", () => {
    it("is stopped in its own scope, and its place taken by another tenant's", async () => {
      const { port, application } = running();
      const slugs = ["acme", "globex", "initech"];
      for (const slug of slugs) {
        const { socket, received } = open(port);
        socket.write(`GET /endless?id=left-${slug} HTTP/1.1\r\nHost: ${slug}.example.com\r\n\r\n`);
        await expect.poll(() => received().length).toBeGreaterThan(20_000);
        socket.destroy();
        const others = slugs.filter((other) => other !== slug);
        expect(others.filter((other) => received().includes(`${other} `))).toEqual([]);
      }
      for (const slug of slugs) {
        await expect
          .poll(() => application.notes.get(`left-${slug}`))
          .toEqual([`stopped: ${slug}`]);
      }
    });
  });

  describe("a kept connection", () => {
    it("serves tenants in turn, with bodies, errors and refusals between them", async () => {
      const { port } = running();
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      let sockets = 0;
      const createConnection = agent.createConnection.bind(agent);
      agent.createConnection = (...given: Parameters<typeof createConnection>) => {
        sockets += 1;
        return createConnection(...given);
      };
      const wrong: string[] = [];
      for (let turn = 0; turn < 30; turn += 1) {
        const slug = tenantSlugs[turn % tenantSlugs.length]!;
        const kinds = [
          { path: "/where", expected: slug },
          { path: "/body", method: "POST", body: ["some", "more"], expected: slug },
          { path: "/throw", expected: '{"error":{"code":"INTERNAL","title":"Internal error"}}' },
          { path: "/stream", expected: `${slug} `.repeat(5) },
        ];
        const { expected, ...given } = kinds[turn % kinds.length]!;
        const { body } = await ask(port, { ...given, host: `${slug}.example.com`, agent });
        if (body !== expected) wrong.push(`${slug}${given.path}: ${body}`);
        if (turn % 5 === 0) await ask(port, { host: "none.example.com", agent });
      }
      agent.destroy();
      expect(wrong).toEqual([]);
      expect(sockets).toBe(1);
    });
  });
}
