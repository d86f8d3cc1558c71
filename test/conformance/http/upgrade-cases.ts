import { once } from "node:events";
import { describe, expect, it } from "vitest";
import type { Running } from "../http.js";
import { tenantSlugs } from "./tenancy.js";
import { rawRequest, sendRaw, withoutDate } from "./client.js";
import { handshake, openWebSocket } from "./web-socket.js";

const host = (slug: string) => `Host: ${slug}.example.com`;
const switched = /^HTTP\/1\.1 101 /;

export function upgradeCases(running: () => Running): void {
  describe("an upgrade", () => {
    it("is resolved, and its messages and its end are in the scope", async () => {
      const { port, application } = running();
      const client = openWebSocket(port, "/socket?id=up", [host("acme")]);
      await expect.poll(client.received).toMatch(switched);
      for (let count = 1; count <= 3; count += 1) {
        client.send("where?");
        await expect.poll(() => client.received().match(/acme/g)?.length).toBe(count);
      }
      client.socket.destroy();
      await expect.poll(() => application.notes.get("up")).toEqual(["open: acme", "close: acme"]);
    });

    it("is its own tenant's among 30 connections of six tenants at once", async () => {
      const { port } = running();
      const wrong = await Promise.all(
        Array.from({ length: 30 }, async (_, index) => {
          const slug = tenantSlugs[index % tenantSlugs.length]!;
          const client = openWebSocket(port, "/socket", [host(slug)]);
          await expect.poll(client.received).toMatch(switched);
          for (let turn = 1; turn <= 10; turn += 1) {
            client.send("where?");
            await expect.poll(() => texts(client.received()).length).toBe(turn);
          }
          client.socket.destroy();
          return texts(client.received()).filter((text) => text !== slug);
        }),
      );
      expect(wrong.flat()).toEqual([]);
    });

    it("has no scope at a central route", async () => {
      const client = openWebSocket(running().port, "/public/socket", [host("acme")]);
      await expect.poll(client.received).toMatch(switched);
      client.send("where?");
      await expect.poll(client.received).toContain("SCOPE_REQUIRED");
      client.socket.destroy();
    });

    it.each([
      ["an unknown tenant", "/socket", [host("none")]],
      ["two hosts", "/socket", [host("acme"), host("globex")]],
      ["a suspended tenant", "/socket", [host("sleepy")]],
      ["no token where one is required", "/api/socket", [host("acme")]],
    ] as const)("is answered as any request is with %s, and closed", async (_, path, lines) => {
      const { port, application } = running();
      application.notes.delete("refused");
      const refused = await sendRaw(port, handshake(`${path}?id=refused`, lines));
      const plain = await sendRaw(port, rawRequest(path, lines));
      expect(linesOf(refused)).toEqual(linesOf(plain));
      expect(refused).toMatch(/^HTTP\/1\.1 40[013] [^]*\r\nConnection: close\r\n/);
      expect(application.notes.has("refused")).toBe(false);
    });

    it("is refused where host and token name different tenants", async () => {
      const { port, token } = running();
      const lines = [host("acme"), `Authorization: Bearer ${await token("globex")}`];
      const refused = await sendRaw(port, handshake("/socket", lines));
      expect(refused).toMatch(/^HTTP\/1\.1 403 [^]*TENANT_MISMATCH/);
    });

    it("whose client has gone before its tenant was found calls no handler", async () => {
      const { application, port } = running();
      let asked = 0;
      let release = (): void => undefined;
      const gate = new Promise<void>((resolve) => (release = resolve));
      running().beforeFind = () => {
        asked += 1;
        return gate;
      };
      const client = openWebSocket(port, "/socket?id=gone", [host("acme")]);
      await expect.poll(() => asked).toBe(1);
      client.socket.resetAndDestroy();
      await once(client.socket, "close");
      running().beforeFind = () => undefined;
      await new Promise((resolve) => setTimeout(resolve, 30));
      release();
      await new Promise((resolve) => setTimeout(resolve, 30));
      const notes = application.notes.get("gone") ?? [];
      expect(notes.filter((text) => !text.endsWith(": acme"))).toEqual([]);
    });
  });
}

/** A framework may order headers in its own way, and add its name. */
function linesOf(answer: string): string[] {
  const lines = withoutDate(answer).split("\r\n");
  return lines.filter((line) => !line.startsWith("X-Powered-By")).sort();
}

/** The texts of the frames that came after the head. */
function texts(received: string): string[] {
  const frames = received.slice(received.indexOf("\r\n\r\n") + 4);
  return frames.split(/\x81[^]/).slice(1);
}
