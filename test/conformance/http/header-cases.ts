import { describe, expect, it } from "vitest";
import type { Running } from "../http.js";
import { ask } from "./client.js";
import { etag } from "./host.js";

const defaults = { "cache-control": "private, no-store", vary: "authorization" };

/** The names in a Vary header, in lower case and in order. */
const names = (vary = "") => vary.toLowerCase().split(/, */).sort();

export function headerCases(running: () => Running): void {
  describe("a tenant's response", () => {
    it("is private, not stored, and varies by what the tenant was read from", async () => {
      for (const path of ["/where", "/everywhere", "/stream"]) {
        expect((await ask(running().port, { path })).headers).toMatchObject(defaults);
      }
    });

    it("keeps a Cache-Control of its own, and its Vary is completed", async () => {
      const { headers } = await ask(running().port, { path: "/cached" });
      expect(headers["cache-control"]).toBe("public, max-age=60");
      expect(names(headers.vary)).toEqual(["accept-encoding", "authorization"]);
    });

    it("names no header twice in Vary, in whatever case it was named", async () => {
      const { headers, body } = await ask(running().port, { path: "/varied" });
      expect(body).toBe("varied");
      expect(names(headers.vary)).toEqual(["accept", "authorization"]);
      expect(headers["cache-control"]).toBe("private, no-store");
      expect(headers["set-cookie"]).toEqual(["a=1"]);
    });

    it("has the same headers for HEAD as for GET", async () => {
      for (const path of ["/where", "/cached"]) {
        const get = (await ask(running().port, { path })).headers;
        const head = await ask(running().port, { path, method: "HEAD" });
        expect(head.body).toBe("");
        expect(head.headers.vary).toBe(get.vary);
        expect(head.headers["cache-control"]).toBe(get["cache-control"]);
      }
    });

    it("keeps them in a 304", async () => {
      const first = await ask(running().port, { path: "/tagged" });
      expect(first.headers).toMatchObject({ ...defaults, etag });
      const headers = { "if-none-match": etag };
      const second = await ask(running().port, { path: "/tagged", headers });
      expect(second).toMatchObject({ status: 304, body: "" });
      expect(second.headers).toMatchObject({ ...defaults, etag });
    });

    it("has them where nothing is found, and where a handler fails", async () => {
      for (const path of ["/nowhere-at-all", "/throw"]) {
        const { headers } = await ask(running().port, { path });
        expect(headers.vary).toBe("authorization");
        expect(headers["cache-control"]).toMatch(/no-store/);
      }
    });
  });
}
