import { inspect } from "node:util";
import { SignJWT, UnsecuredJWT } from "jose";
import { beforeAll, describe, expect, it } from "vitest";
import { isTenantryError } from "../../core/tenantry-error.js";
import type { Resolver } from "../contract.js";
import { acme, outcome, request } from "../resolver.test-support.js";
import { fromAccessToken } from "./from-access-token.js";
import type { FromAccessTokenOptions } from "./options.js";
import {
  audience,
  goodClaims,
  issuer,
  keySet,
  now,
  sign,
  signingKey,
  withToken,
  type Claims,
  type SigningKey,
} from "./tokens.test-support.js";

let ed: SigningKey;
let es: SigningKey;
let other: SigningKey;
let resolver: Resolver;
let options: FromAccessTokenOptions;

beforeAll(async () => {
  [ed, es, other] = await Promise.all([
    signingKey("EdDSA", "ed-1"),
    signingKey("ES256", "es-1"),
    signingKey("EdDSA", "ed-1"),
  ]);
  options = { issuer, audience, jwks: keySet(ed, es) };
  resolver = fromAccessToken(options);
});

const read = (token: string, from: Resolver = resolver) =>
  outcome(() => from.read(withToken(token)));
const signed = async (claims: Claims = {}, header: Readonly<Record<string, unknown>> = {}) =>
  read(await sign(ed, claims, header));

describe("a good token", () => {
  it("gives the tenant by id, the user, and its jti for the log", async () => {
    for (const key of [ed, es]) {
      expect(await read(await sign(key))).toEqual({
        source: "access-token",
        key: { by: "id", value: acme.id },
        detail: "token-1",
        actor: { kind: "user", id: "user-1" },
      });
    }
  });

  it("is told of by its subject where it has no jti", async () => {
    expect(await signed({ jti: undefined })).toMatchObject({ detail: "user-1" });
  });

  it.each([["application/at+jwt"], ["AT+JWT"], ["at+jwt"]])("may have the type %s", async (typ) => {
    expect(await signed({}, { typ })).toMatchObject({ source: "access-token" });
  });

  it("may name several audiences, if one is ours, and needs no kid where one key fits", async () => {
    expect(await signed({ aud: ["else", audience] }, { kid: undefined })).toMatchObject({
      source: "access-token",
    });
  });

  it("may hold the tenant in another claim", async () => {
    const from = fromAccessToken({ ...options, tenantClaim: "https://example.com/tenant" });
    const token = await sign(ed, { "https://example.com/tenant": acme.id, tenant_id: "x" });
    expect(await read(token, from)).toMatchObject({ key: { by: "id", value: acme.id } });
  });
});

describe("a token is refused", () => {
  it.each<[string, Claims]>([
    ["of another issuer", { iss: "https://id.example.org" }],
    ["of an issuer with a slash more", { iss: `${issuer}/` }],
    ["of an issuer in another case", { iss: issuer.toUpperCase() }],
    ["without an issuer", { iss: undefined }],
    ["for another audience", { aud: "https://other.example.com" }],
    ["for an audience that only begins like ours", { aud: `${audience}.evil.test` }],
    ["for no audience", { aud: undefined }],
    ["for an empty list of audiences", { aud: [] }],
    ["that expired", { exp: now() - 1 }],
    ["that never expires", { exp: undefined }],
    ["that is not valid yet", { nbf: now() + 60 }],
    ["without a subject", { sub: undefined }],
    ["with an empty subject", { sub: "" }],
    ["with a subject that is too long", { sub: "u".repeat(256) }],
    ["with an empty jti", { jti: "" }],
    ["with an upper-case tenant id", { tenant_id: acme.id.toUpperCase() }],
    ["with a slug for a tenant id", { tenant_id: "acme" }],
    ["with a tenant id and a space", { tenant_id: `${acme.id} ` }],
    ["with an empty tenant id", { tenant_id: "" }],
    ["with null for a tenant id", { tenant_id: null }],
    ["with a list of tenant ids", { tenant_id: [acme.id] }],
  ])("%s", async (_, claims) => {
    expect(await signed(claims)).toBe("TOKEN_INVALID");
  });

  it.each([["exp"], ["nbf"], ["sub"], ["jti"]])("whose %s is of the wrong type", async (claim) => {
    const value = claim === "exp" || claim === "nbf" ? String(now() + 600) : 7;
    const token = await new SignJWT({ ...goodClaims(), [claim]: value })
      .setProtectedHeader({ alg: "EdDSA", kid: "ed-1", typ: "at+jwt" })
      .sign(ed.privateKey);
    expect(await read(token)).toBe("TOKEN_INVALID");
  });

  it.each<[string, Readonly<Record<string, unknown>>]>([
    ["typed JWT, as ID tokens are", { typ: "JWT" }],
    ["typed as a refresh token", { typ: "rt+jwt" }],
    ["typed as a logout token", { typ: "logout+jwt" }],
    ["without a type", { typ: undefined }],
    ["with a key of its own", { jwk: { kty: "OKP" } }],
    ["with a key address", { jku: "https://evil.test/keys" }],
    ["with a certificate address", { x5u: "https://evil.test/cert" }],
    ["with a certificate", { x5c: ["AA"] }],
    ["with the kid of no key", { kid: "none" }],
    ["with the kid of another algorithm's key", { kid: "es-1" }],
  ])("%s", async (_, header) => {
    expect(await signed({}, header)).toBe("TOKEN_INVALID");
  });

  it("with critical extensions, even ones that jose knows", async () => {
    const token = await new SignJWT(goodClaims())
      .setProtectedHeader({ alg: "EdDSA", typ: "at+jwt", b64: true, crit: ["b64"] })
      .sign(ed.privateKey);
    expect(await read(token)).toBe("TOKEN_INVALID");
  });

  it("signed by another key of the same kid", async () => {
    expect(await read(await sign(other))).toBe("TOKEN_INVALID");
  });

  it("that is not signed", async () => {
    const unsecured = new UnsecuredJWT(goodClaims()).encode();
    expect(await read(unsecured)).toBe("TOKEN_INVALID");
    const [, payload] = unsecured.split(".");
    const none = Buffer.from('{"alg":"none","typ":"at+jwt"}').toString("base64url");
    expect(await read(`${none}.${payload}.AA`)).toBe("TOKEN_INVALID");
  });

  it("with a MAC made from the public key", async () => {
    const secret = Buffer.from(JSON.stringify(ed.publicJwk));
    const token = await new SignJWT(goodClaims())
      .setProtectedHeader({ alg: "HS256", kid: "ed-1", typ: "at+jwt" })
      .sign(secret);
    expect(await read(token)).toBe("TOKEN_INVALID");
  });

  it("of an algorithm that is not allowed here", async () => {
    const from = fromAccessToken({ ...options, algorithms: ["ES256"] });
    expect(await read(await sign(ed), from)).toBe("TOKEN_INVALID");
    expect(await read(await sign(es), from)).toMatchObject({ source: "access-token" });
  });

  it("that leaves open which of two keys made it", async () => {
    const from = fromAccessToken({ ...options, jwks: keySet(ed, other) });
    expect(await read(await sign(ed), from)).toBe("TOKEN_INVALID");
  });
});

it("allows for the issuer's clock as far as it is told, and no further", async () => {
  const from = fromAccessToken({ ...options, clockToleranceSeconds: 60 });
  expect(await read(await sign(ed, { exp: now() - 30 }), from)).toMatchObject({});
  expect(await read(await sign(ed, { exp: now() - 61 }), from)).toBe("TOKEN_INVALID");
});

describe("no tenant, or no token", () => {
  it("refuses a good token that names no tenant, required or not", async () => {
    expect(await signed({ tenant_id: undefined })).toBe("TOKEN_REQUIRED");
  });

  it("does not take a claim that every object inherits for the tenant", async () => {
    const from = fromAccessToken({ ...options, tenantClaim: "constructor" });
    expect(await read(await sign(ed), from)).toBe("TOKEN_REQUIRED");
  });

  it("is no signal where no token is required", async () => {
    expect(await resolver.read(request())).toBeNull();
  });

  it("is refused where a token is required", async () => {
    const from = fromAccessToken({ ...options, required: true });
    expect(await outcome(() => from.read(request()))).toBe("TOKEN_REQUIRED");
    const basic = request({ headers: [["Authorization", "Basic dTpw"]] });
    expect(await outcome(() => from.read(basic))).toBe("TOKEN_REQUIRED");
  });

  it("is decided for each request by a function, whose silence means yes", async () => {
    const required = ({ target }: { target: string }) => target.startsWith("/api/");
    const from = fromAccessToken({ ...options, required });
    expect(await outcome(() => from.read(request({ target: "/api/x" })))).toBe("TOKEN_REQUIRED");
    expect(await from.read(request({ target: "/" }))).toBeNull();
    const silent = fromAccessToken({ ...options, required: (() => undefined) as () => never });
    expect(await outcome(() => silent.read(request()))).toBe("TOKEN_REQUIRED");
  });
});

it("puts neither the token nor its claims into an error", async () => {
  const secretive = { sub: "sub-hunter2", email: "mail-hunter2@example.com" };
  const tokens = [
    await sign(ed, { ...secretive, exp: now() - 5 }),
    await sign(ed, { ...secretive, aud: "aud-hunter2" }),
    await sign(other, secretive),
    await sign(ed, { ...secretive, tenant_id: "tenant-hunter2" }),
    await sign(ed, { ...secretive, sub: "hunter2".repeat(50) }),
    `${Buffer.from("{hunter2").toString("base64url")}.e30.AA`,
  ];
  for (const token of tokens) {
    const error = await Promise.resolve(resolver.read(withToken(token))).catch((e: unknown) => e);
    expect(isTenantryError(error)).toBe(true);
    const shown = inspect(error, { depth: 20, showHidden: true, getters: true });
    expect(shown).not.toContain("hunter2");
    for (const segment of token.split(".")) {
      if (segment.length > 8) expect(shown).not.toContain(segment);
    }
  }
});

describe("options", () => {
  it.each<[string, Readonly<Record<string, unknown>>]>([
    ["no issuer", { issuer: undefined }],
    ["an empty issuer", { issuer: "" }],
    ["no audience", { audience: undefined }],
    ["an empty audience", { audience: "" }],
    ["an empty tenant claim", { tenantClaim: "" }],
    ["no algorithm", { algorithms: [] }],
    ["no signature at all", { algorithms: ["none"] }],
    ["a symmetric algorithm", { algorithms: ["EdDSA", "HS256"] }],
    ["a negative tolerance", { clockToleranceSeconds: -1 }],
    ["a tolerance of an hour", { clockToleranceSeconds: 3600 }],
    ["a tolerance that is no number", { clockToleranceSeconds: "60" }],
    ["no keys", { jwks: { keys: [] } }],
    ["no key set", { jwks: undefined }],
    ["a symmetric key", { jwks: { keys: [{ kty: "oct", k: "AA" }] } }],
    ["a private key", { jwks: { keys: [{ kty: "OKP", crv: "Ed25519", x: "AA", d: "AA" }] } }],
    ["a plain http URL", { jwks: "http://id.example.com/jwks" }],
    ["a host that only begins like loopback", { jwks: "http://127.0.0.1.evil.test/jwks" }],
    ["a file URL", { jwks: "file:///jwks.json" }],
    ["a URL with a password", { jwks: "https://user:pass@id.example.com/jwks" }],
    ["text that is no URL", { jwks: "jwks" }],
  ])("are refused at construction: %s", (_, wrong) => {
    expect(() => fromAccessToken({ ...options, ...wrong })).toThrow(
      expect.toSatisfy((error) => isTenantryError(error, "CONFIG_INVALID")),
    );
  });

  it.each([
    ["https://id.example.com/jwks"],
    ["http://localhost:1/jwks"],
    ["http://127.0.0.1:1/jwks"],
    ["http://[::1]:1/jwks"],
  ])("take the URL %s", (jwks) => {
    expect(fromAccessToken({ ...options, jwks }).varies).toEqual(["authorization"]);
  });
});
