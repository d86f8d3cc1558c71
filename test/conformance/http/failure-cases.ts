import { describe, expect, it } from "vitest";
import type { Running } from "../http.js";
import { expectAnswer } from "./answer-cases.js";
import { secretText } from "./application.js";
import { ask, open, rawRequest, sendRaw } from "./client.js";

export function failureCases(running: () => Running): void {
  describe("an error of a handler", () => {
    it.each([["/throw"], ["/reject"]])("is a generic 500 and an event at %s", async (path) => {
      const { port, events, tenants } = running();
      events.length = 0;
      const answer = await sendRaw(port, rawRequest(path, ["Host: acme.example.com"]));
      expect(answer).not.toMatch(/hunter2|select|at .*\.ts/i);
      expectAnswer(await ask(port, { path }), "INTERNAL");
      expect(events).toHaveLength(2);
      expect(events[0]).toMatchObject({
        type: "request.failed",
        message: `Error: ${secretText}`,
        detail: { code: "INTERNAL", tenant: tenants.get("acme")!.id },
      });
      expect(events[0]!.detail["stack"]).toMatch(/failWithSecret/);
      // PostgreSQL prints rows into an error's detail.
      expect(JSON.stringify(events)).not.toContain("hunter2@example.com");
    });

    it("breaks off a stream that has begun, and shows nothing of itself", async () => {
      const { port, events } = running();
      events.length = 0;
      const answer = await sendRaw(port, rawRequest("/broken-stream", ["Host: acme.example.com"]));
      expect(answer).toContain("begun");
      expect(answer).not.toMatch(/hunter2|select/i);
      expect(answer).not.toMatch(/\r\n0\r\n\r\n$/);
      expect(events).toMatchObject([{ type: "request.failed", message: `Error: ${secretText}` }]);
    });

    it("that the framework means as the client's fault keeps its status", async () => {
      const { port, events } = running();
      events.length = 0;
      const { status, body } = await ask(port, { path: "/teapot" });
      expect(status).toBe(418);
      expect(body).not.toContain("hunter2");
      expect(events).toEqual([]);
    });

    it("that is Tenantry's own has its status and public body", async () => {
      // The database is nowhere, which the pool finds out.
      const reply = await ask(running().port, { path: "/projects" });
      expectAnswer(reply, "DATABASE_UNAVAILABLE");
      expect(reply.headers["retry-after"]).toBe("1");
      expect(reply.headers.vary).toBe("authorization");
    });

    it("leaves its connection fit for the next request of another tenant", async () => {
      const { socket, received } = open(running().port);
      for (const [path, slug] of [
        ["/throw", "acme"],
        ["/where", "globex"],
      ]) {
        socket.write(`GET ${path} HTTP/1.1\r\nHost: ${slug}.example.com\r\n\r\n`);
        await expect.poll(received).toMatch(path === "/throw" ? /INTERNAL/ : /globex$/m);
      }
      socket.destroy();
    });
  });
}
