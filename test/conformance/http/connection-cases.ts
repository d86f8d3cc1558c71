import { once } from "node:events";
import type { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { currentContext } from "../../../src/core/context.js";
import type { Running } from "../http.js";
import { pause } from "./application.js";
import { ask, open } from "./client.js";

/** A promise, and what resolves it. */
function gate(): { opened: Promise<void>; release: () => void } {
  let release = (): void => undefined;
  const opened = new Promise<void>((resolve) => (release = resolve));
  return { opened, release };
}

export function connectionCases(running: () => Running): void {
  describe("a connection", () => {
    it("carries nothing of one request into the next, or into its own idle time", async () => {
      const { server } = running();
      const contexts: unknown[] = [];
      const look = () => void contexts.push(currentContext());
      const lookAndClose = (socket: Socket) => {
        look();
        socket.destroy();
      };
      const keepAliveTimeout = server.keepAliveTimeout;
      server.keepAliveTimeout = 50;
      server.on("request", look).on("timeout", lookAndClose);
      const { socket, received } = open(running().port);
      for (const slug of ["acme", "globex", "initech"]) {
        socket.write(`GET /where HTTP/1.1\r\nHost: ${slug}.example.com\r\n\r\n`);
        await expect.poll(received).toContain(`\r\n${slug}`);
      }
      await once(socket, "close");
      server.off("request", look).off("timeout", lookAndClose);
      server.keepAliveTimeout = keepAliveTimeout;
      expect(contexts).toEqual([undefined, undefined, undefined, undefined]);
    });

    it("answers pipelined requests of different tenants each in its own scope", async () => {
      const { socket, received } = open(running().port);
      const slugs = ["acme", "globex", "none", "initech", "acme"];
      socket.write(
        slugs.map((slug) => `GET /stream HTTP/1.1\r\nHost: ${slug}.example.com\r\n\r\n`).join(""),
      );
      await expect.poll(() => received().match(/HTTP\/1\.1 /g)?.length).toBe(5);
      await expect.poll(() => received().match(/(acme|globex|initech) /g)?.length).toBe(20);
      socket.destroy();
      const order = received().match(/(acme|globex|initech) |TENANT_UNRESOLVED/g)!;
      const five = (slug: string) => Array.from({ length: 5 }, () => `${slug} `);
      expect(order).toEqual([
        ...five("acme"),
        ...five("globex"),
        "TENANT_UNRESOLVED",
        ...five("initech"),
        ...five("acme"),
      ]);
    });

    it("that is aborted while a handler works is noticed in the scope, and leaves nothing", async () => {
      const { application, port, server } = running();
      const { opened, release } = gate();
      application.gate = opened;
      const head = "Host: acme.example.com\r\nContent-Length: 100\r\n\r\nonly this";
      const { socket } = open(port);
      socket.write(`POST /slow?id=aborted HTTP/1.1\r\n${head}`);
      await expect.poll(() => application.notes.get("aborted")).toEqual(["begin: acme"]);
      socket.destroy();
      await expect.poll(() => connections(server)).toBe(0);
      const other = ask(port, { path: "/slow?id=other", host: "globex.example.com" });
      await expect.poll(() => application.notes.get("other")).toEqual(["begin: globex"]);
      release();
      expect((await other).body).toBe("done");
      await expect.poll(() => application.notes.get("aborted")).toContain("end: acme");
      await expect.poll(() => application.notes.get("aborted")).toContain("close: acme");
      const notes = application.notes.get("aborted")!;
      expect(notes.filter((text) => !text.endsWith(": acme"))).toEqual([]);
      expect((await ask(port, { host: "globex.example.com" })).body).toBe("globex");
    });

    it("that is aborted while its tenant is looked up leaves nothing", async () => {
      const { application, port, server } = running();
      const { opened, release } = gate();
      let asked = 0;
      running().beforeFind = () => {
        asked += 1;
        return opened;
      };
      const { socket } = open(port);
      socket.write("GET /finish?id=early HTTP/1.1\r\nHost: acme.example.com\r\n\r\n");
      await expect.poll(() => asked).toBe(1);
      socket.destroy();
      await expect.poll(() => connections(server)).toBe(0);
      running().beforeFind = () => undefined;
      release();
      await pause(50);
      const notes = application.notes.get("early") ?? [];
      expect(notes.filter((text) => !text.endsWith(": acme"))).toEqual([]);
      expect((await ask(port)).body).toBe("acme");
    });
  });
}

const connections = (server: Running["server"]) =>
  new Promise<number>((resolve, reject) => {
    server.getConnections((error, count) => (error === null ? resolve(count) : reject(error)));
  });
