import fc from "fast-check";
import { createLocalJWKSet, jwtVerify } from "jose";
import { describe, expect, it } from "vitest";
import { newUuid } from "../../core/uuid.js";
import { signingAlgorithms } from "./keys/contract.js";
import { createTokenIssuer } from "./token-issuer.js";
import {
  audience,
  grantedClaims,
  heldKeys,
  issuer,
  issuerWith,
  keyPair,
  partsOf,
  verdict,
  verifierWith,
} from "./tokens.test-support.js";
import type { GrantedClaims } from "./claims.js";
import { isVerifiedAccessToken } from "./verified-token.js";

describe.each(signingAlgorithms)("a token signed with %s", (algorithm) => {
  it("says when it is verified what it was issued for", async () => {
    const keys = heldKeys(await keyPair(algorithm));
    const granted = grantedClaims({ actor: { accountId: newUuid() } });
    const { token, claims } = await issuerWith(keys).issue(granted);
    const verified = await verifierWith(keys).verify(token);
    expect(verified).toEqual(claims);
    expect(verified).toMatchObject({ ...granted, issuer, audience });
    expect(verified.expiresAt - verified.issuedAt).toBe(3600);
  });

  it("has the header of RFC 9068, and the names of its claims", async () => {
    const pair = await keyPair(algorithm);
    const { token, claims } = await issuerWith(heldKeys(pair)).issue(grantedClaims());
    const { header, payload } = partsOf(token);
    expect(header).toEqual({ alg: algorithm, kid: pair.kid, typ: "at+jwt" });
    expect(payload).toEqual({
      iss: issuer,
      aud: audience,
      sub: claims.accountId,
      tenant_id: claims.tenantId,
      org_role: "admin",
      permissions: ["billing:write", "projects.read"],
      sid: claims.sessionId,
      gid: claims.grantId,
      jti: claims.tokenId,
      mv: 3,
      tv: 41,
      auth_time: claims.authenticatedAt,
      iat: claims.issuedAt,
      exp: claims.expiresAt,
    });
  });

  it("is taken by whoever verifies it by the standard and the key set alone", async () => {
    const keys = heldKeys(await keyPair(algorithm));
    const { token, claims } = await issuerWith(keys).issue(grantedClaims());
    const set = createLocalJWKSet(await keys.published());
    const rules = { issuer, audience, typ: "at+jwt", algorithms: [algorithm] };
    const { payload } = await jwtVerify(token, set, rules);
    expect(payload.sub).toBe(claims.accountId);
  });
});

describe("what the verifier gives back", () => {
  it("is frozen through and through, and known again, which no copy is", async () => {
    const keys = heldKeys(await keyPair("EdDSA"));
    const granted = grantedClaims({ actor: { accountId: newUuid() } });
    const { token, claims } = await issuerWith(keys).issue(granted);
    const verified = await verifierWith(keys).verify(token);
    for (const part of [verified, verified.permissions, verified.actor]) {
      expect(Object.isFrozen(part)).toBe(true);
    }
    expect(isVerifiedAccessToken(verified)).toBe(true);
    for (const other of [{ ...verified }, claims, token, null, undefined]) {
      expect(isVerifiedAccessToken(other)).toBe(false);
    }
  });
});

describe("random claims", () => {
  const name = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/);
  const id = fc.uuid();
  const count = fc.maxSafeNat();
  const granted: fc.Arbitrary<GrantedClaims> = fc.record(
    {
      accountId: id,
      tenantId: id,
      role: name,
      permissions: fc.uniqueArray(name, { maxLength: 64 }),
      sessionId: id,
      grantId: id,
      membershipVersion: count,
      tenantVersion: count,
      authenticatedAt: fc.nat({ max: 1_700_000_000 }),
      actor: fc.record({ accountId: id }),
    },
    {
      requiredKeys: [
        "accountId",
        "tenantId",
        "role",
        "permissions",
        "sessionId",
        "grantId",
        "membershipVersion",
        "tenantVersion",
        "authenticatedAt",
      ],
    },
  );

  it("come back as they were", async () => {
    const keys = heldKeys(await keyPair("EdDSA"));
    const [issue, verify] = [issuerWith(keys).issue, verifierWith(keys).verify];
    await fc.assert(
      fc.asyncProperty(granted, async (claims) => {
        const { token } = await issue(claims);
        expect(await verify(token)).toMatchObject(claims);
      }),
      { numRuns: 300 },
    );
  });

  it("fit into what a verifier looks at, however long they are", async () => {
    const keys = heldKeys(await keyPair("EdDSA"));
    const names = { issuer: "i".repeat(255), audience: "a".repeat(255) };
    const permissions = Array.from({ length: 64 }, (_, index) => `${index}`.padStart(64, "p"));
    const { token } = await createTokenIssuer({ ...names, keys }).issue(
      grantedClaims({
        role: "r".repeat(64),
        permissions,
        membershipVersion: Number.MAX_SAFE_INTEGER,
        tenantVersion: Number.MAX_SAFE_INTEGER,
        actor: { accountId: newUuid() },
      }),
    );
    const verified = await verifierWith(keys, names).verify(token);
    expect(verified.permissions).toEqual(permissions);
  });
});

describe("the issuer", () => {
  it.each<[string, unknown]>([
    ["a tenant's slug for its id", { tenantId: "acme" }],
    ["no account", { accountId: undefined }],
    ["an id in upper case", { grantId: newUuid().toUpperCase() }],
    ["a role with a space", { role: "the owner" }],
    ["a role that is a list", { role: ["owner"] }],
    ["65 permissions", { permissions: Array.from({ length: 65 }, (_, i) => `p${i}`) }],
    ["a permission twice", { permissions: ["a", "a"] }],
    ["a permission without a name", { permissions: [""] }],
    ["a text for permissions", { permissions: "billing:write" }],
    ["a version below 0", { membershipVersion: -1 }],
    ["a version that is a text", { tenantVersion: "4" }],
    ["a version that JSON does not hold", { tenantVersion: 2 ** 53 }],
    ["a sign-in in milliseconds", { authenticatedAt: Date.now() }],
    ["a sign-in at no time", { authenticatedAt: Number.NaN }],
    ["an actor without an id", { actor: {} }],
    ["an actor that is null", { actor: null }],
  ])("refuses to issue a token with %s", async (_, changes) => {
    const issue = issuerWith(heldKeys(await keyPair("EdDSA"))).issue;
    const claims = grantedClaims(changes as Partial<GrantedClaims>);
    expect(await verdict(() => issue(claims))).toBe("CONFIG_INVALID");
  });

  it("does not let a caller choose what is the issuer's to say", async () => {
    const keys = heldKeys(await keyPair("EdDSA"));
    const forged = { issuer: "https://evil.test", expiresAt: 9e9, tokenId: newUuid() };
    const { claims } = await issuerWith(keys).issue({ ...grantedClaims(), ...forged });
    expect(claims.issuer).toBe(issuer);
    expect(claims.expiresAt).toBe(claims.issuedAt + 3600);
    expect(claims.tokenId).not.toBe(forged.tokenId);
  });

  it.each([0, 3601, 1.5, Number.NaN, "60"])("refuses a lifetime of %s", async (lifetimeSeconds) => {
    const options = {
      issuer,
      audience,
      keys: heldKeys(),
      lifetimeSeconds: lifetimeSeconds as number,
    };
    expect(await verdict(async () => createTokenIssuer(options))).toBe("CONFIG_INVALID");
  });

  it.each(["", "with space", " ", "ü"])(
    "refuses the name %j for itself and its API",
    async (name) => {
      for (const names of [
        { issuer: name, audience },
        { issuer, audience: name },
      ]) {
        const create = async () => createTokenIssuer({ ...names, keys: heldKeys() });
        expect(await verdict(create)).toBe("CONFIG_INVALID");
      }
    },
  );
});
