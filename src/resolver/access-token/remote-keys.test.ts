import { once } from "node:events";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { isTenantryError } from "../../core/tenantry-error.js";
import type { Resolver } from "../contract.js";
import { outcome } from "../resolver.test-support.js";
import { largestKeySet } from "./fetch-key-set.js";
import { fromAccessToken } from "./from-access-token.js";
import {
  audience,
  issuer,
  keySet,
  sign,
  signingKey,
  withToken,
  type SigningKey,
} from "./tokens.test-support.js";

let ed: SigningKey;
let server: Server;
let resolver: Resolver;
let url: string;
let fetches: number;
let answer: (response: ServerResponse) => void;

const serving =
  (body: unknown, status = 200) =>
  (response: ServerResponse) => {
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  };

beforeAll(async () => {
  ed = await signingKey("EdDSA", "ed-1");
});

beforeEach(async () => {
  fetches = 0;
  answer = serving(keySet(ed));
  server = createServer((_, response) => {
    fetches += 1;
    answer(response);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`;
  resolver = fromAccessToken({ issuer, audience, jwks: url });
});

afterEach(() => {
  server.close();
  server.closeAllConnections();
});

const read = async (header: Readonly<Record<string, unknown>> = {}) =>
  outcome(async () => resolver.read(withToken(await sign(ed, {}, header))));

describe("an issuer whose keys are fetched", () => {
  it("is asked once for many tokens, also at the same time", async () => {
    const signals = await Promise.all([read(), read(), read()]);
    expect(signals).toMatchObject(Array(3).fill({ source: "access-token" }));
    await read();
    expect(fetches).toBe(1);
  });

  it("is not asked again for every token with an unknown kid", async () => {
    await read();
    for (const kid of ["a", "b", "c"]) expect(await read({ kid })).toBe("TOKEN_INVALID");
    expect(fetches).toBe(1);
  });

  it("is not asked at all for a token that is malformed or of another algorithm", async () => {
    const token = await sign(await signingKey("ES384", "es-1"));
    for (const text of ["x", "a.b.c", token]) {
      expect(await outcome(() => resolver.read(withToken(text)))).toBe("TOKEN_INVALID");
    }
    expect(fetches).toBe(0);
  });

  it.each<[string, (response: ServerResponse) => void]>([
    ["answers 500", serving({}, 500)],
    ["answers 404", serving({}, 404)],
    ["answers no JSON", (response) => void response.end("<html>")],
    ["answers no key set", serving({ nothing: true })],
    ["answers a key set that is too large", serving({ keys: [], x: "x".repeat(largestKeySet) })],
    [
      "answers a broken key",
      serving({ keys: [{ kty: "OKP", crv: "Ed25519", kid: "ed-1", x: "AA" }] }),
    ],
    ["redirects", (response) => void response.writeHead(302, { location: "/other" }).end()],
    ["breaks the connection off", (response) => void response.destroy()],
  ])("is unavailable, and no token is believed, where it %s", async (_, behaviour) => {
    answer = behaviour;
    expect(await read()).toBe("TOKEN_KEYS_UNAVAILABLE");
    answer = serving(keySet(ed));
  });

  it("serves again as soon as it is back", async () => {
    answer = serving({}, 503);
    expect(await read()).toBe("TOKEN_KEYS_UNAVAILABLE");
    answer = serving(keySet(ed));
    expect(await read()).toMatchObject({ source: "access-token" });
  });

  it("is unavailable where nothing listens, with status 503", async () => {
    const nobody = fromAccessToken({ issuer, audience, jwks: "http://127.0.0.1:1/jwks" });
    const token = await sign(ed);
    const error = await Promise.resolve(nobody.read(withToken(token))).catch((e: unknown) => e);
    expect(isTenantryError(error, "TOKEN_KEYS_UNAVAILABLE") && error.status).toBe(503);
  });

  it("is given up on within seconds where it never answers", async () => {
    answer = () => {};
    const before = Date.now();
    expect(await read()).toBe("TOKEN_KEYS_UNAVAILABLE");
    expect(Date.now() - before).toBeLessThan(4_500);
  });
});
