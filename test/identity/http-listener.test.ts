import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { describeOnServers } from "../support/servers.js";
import { memberOf, type Member } from "./support/http-stage.js";
import { openLocalhostSite, type LocalhostSite } from "./support/localhost-site.js";

const session = "__Host-tenantry-session";
const form = "content-type: application/x-www-form-urlencoded";

/** What a socket can send and no client would. */
describeOnServers("identity's listener, from a raw socket", (server) => {
  let local: LocalhostSite;
  let owner: Member;
  let auth: string;
  let acme: string;
  beforeAll(async () => {
    local = await openLocalhostSite(server);
    owner = await memberOf(local.site, local.site.acme, "owner");
    auth = new URL(local.issuer).host;
    acme = new URL(local.originOf("acme")).host;
  });
  afterAll(() => local?.close());

  /** All that comes back until the server closes; null where it comes to nothing within 10 s. */
  function send(
    lines: readonly string[],
    body = "",
    more: readonly string[] = [],
  ): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = connect(local.port, "127.0.0.1");
      let text = "";
      socket.setEncoding("latin1").setTimeout(10_000, () => socket.destroy());
      socket.on("data", (data: string) => (text += data));
      socket.on("error", reject);
      socket.on("close", () => resolve(text));
      socket.write(`${[...lines, "connection: close"].join("\r\n")}\r\n\r\n${body}`, "latin1");
      for (const piece of more) socket.write(piece, "latin1");
    });
  }
  const statusOf = (text: string) => Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1]);
  const get = (target: string, ...headers: readonly string[]) =>
    send([`GET ${target} HTTP/1.1`, ...(headers.length > 0 ? headers : [`host: ${auth}`])]);

  it("serves what is asked for plainly", async () => {
    const cookie = `cookie: ${session}=${owner.sessionToken}`;
    expect(statusOf(await get("/auth/session", `host: ${auth}`, cookie))).toBe(200);
    expect(statusOf(await get("/.well-known/jwks.json"))).toBe(200);
  });

  it.each([
    ...["/x/../auth/session", "/./auth/session", "/auth/./session", "/auth/x/../session"],
    ...[
      "/%61uth/session",
      "/auth/%73ession",
      "/auth%2fsession",
      "/auth\\session",
      "\\auth\\session",
    ],
    ...["//auth/session", "/auth//session", "/auth/session/", "/auth/session;x", "/auth/ses\tsion"],
    ...["/x/%2e%2e/auth/session", "http://auth.localhost/auth/session", "*"],
  ])("does not take the path %s for one of its own", async (target) => {
    const cookie = `cookie: ${session}=${owner.sessionToken}`;
    const answer = await get(target, `host: ${auth}`, cookie);
    expect([target, statusOf(answer)]).toEqual([target, expect.toBeOneOf([400, 404])]);
    expect(answer).not.toContain(owner.accountId);
  });

  it.each([
    ["two of them", ["host: AUTH", "host: ACME"]],
    ["two of them, the other way round", ["host: ACME", "host: AUTH"]],
    ["a list", ["host: AUTH, ACME"]],
    ["userinfo", ["host: x@AUTH"]],
    ["white space", ["host: AUTH x"]],
    ["a percent sign", ["host: %61uth.localhost"]],
    ["an empty one", ["host:"]],
    ["a forwarded one of nobody's proxy", ["host: nobody.test", "x-forwarded-host: AUTH"]],
  ])("answers no host that is not plainly the auth host: %s", async (_, headers) => {
    const spelled = headers.map((line) => line.replace("AUTH", auth).replace("ACME", acme));
    const cookie = `cookie: ${session}=${owner.sessionToken}`;
    const answer = await get("/auth/session", ...spelled, cookie);
    expect(statusOf(answer)).toBeOneOf([400, 404]);
    expect(answer).not.toContain(owner.accountId);
  });

  it("reads cookies on several lines as one header", async () => {
    const line = `cookie: ${session}=${owner.sessionToken}`;
    expect(statusOf(await get("/auth/session", `host: ${auth}`, "cookie: a=1", line))).toBe(200);
    expect(statusOf(await get("/auth/session", `host: ${auth}`, line, line))).toBe(400);
    const tossed = `cookie: \u00a0${session}=${owner.sessionToken}`;
    expect(statusOf(await get("/auth/session", `host: ${auth}`, tossed))).toBe(401);
    const nameless = `cookie: x=1,${session}=${owner.sessionToken}`;
    expect(statusOf(await get("/auth/session", `host: ${auth}`, nameless))).toBe(401);
  });

  describe("answers a body that is too long, and reads no more of it:", () => {
    const head = () => ["POST /auth/token HTTP/1.1", `host: ${auth}`, form];
    it("by its declared length", async () => {
      const answer = await send([...head(), "content-length: 100000"], "grant_type=x");
      expect(statusOf(answer)).toBe(400);
      expect(answer).toContain("invalid_request");
    });
    it("in pieces, without an end", async () => {
      const piece = `${(16_384).toString(16)}\r\n${"a".repeat(16_384)}\r\n`;
      const answer = await send(
        [...head(), "transfer-encoding: chunked"],
        "",
        Array<string>(6).fill(piece),
      );
      expect(statusOf(answer)).toBe(400);
      expect(answer).toContain("invalid_request");
    });
    it("and is there for the next", async () => {
      expect(statusOf(await get("/.well-known/jwks.json"))).toBe(200);
    });
  });

  it("is not kept by a client that leaves in the middle of a body", async () => {
    const socket = connect(local.port, "127.0.0.1");
    const lines = ["POST /auth/token HTTP/1.1", `host: ${auth}`, form, "content-length: 1000"];
    await new Promise<void>((resolve) => {
      socket.write(`${lines.join("\r\n")}\r\n\r\ngrant_type=`, () => socket.destroy());
      socket.on("close", () => resolve());
    });
    expect(statusOf(await get("/.well-known/jwks.json"))).toBe(200);
  });

  it("answers methods that it has not with the ones that it has", async () => {
    for (const method of ["HEAD", "PUT", "OPTIONS", "PATCH", "DELETE"]) {
      const answer = await send([`${method} /auth/session HTTP/1.1`, `host: ${auth}`]);
      expect([method, statusOf(answer)]).toEqual([method, 405]);
      expect(answer.toLowerCase()).toContain("\r\nallow: get\r\n");
    }
    expect(statusOf(await send(["TRACE /auth/session HTTP/1.1", `host: ${auth}`]))).toBe(404);
  });
});
