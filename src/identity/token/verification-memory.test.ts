import { beforeEach, describe, expect, it } from "vitest";
import type { JWK } from "jose";
import {
  encode,
  grantedClaims,
  heldKeys,
  issuerWith,
  keyPair,
  partsOf,
  signTexts,
  verdict,
  verifierWith,
  type KeyPair,
} from "./tokens.test-support.js";

let ed: KeyPair;
let es: KeyPair;
let keys: ReturnType<typeof heldKeys>;
let time: number;
const now = () => time;

beforeEach(async () => {
  [ed, es] = await Promise.all([keyPair("EdDSA"), keyPair("ES256")]);
  keys = heldKeys(ed, es);
  time = Date.now();
});

const issued = async () => (await issuerWith(keys, now).issue(grantedClaims())).token;

describe("a token that was verified", () => {
  it("is known again: the very same object", async () => {
    const { verify } = verifierWith(keys, { now });
    const token = await issued();
    const first = await verify(token);
    expect(await verify(token)).toBe(first);
  });

  it("is verified once for all who ask at the same time", async () => {
    const { verify } = verifierWith(keys, { now });
    const token = await issued();
    const all = await Promise.all(Array.from({ length: 50 }, () => verify(token)));
    expect(new Set(all).size).toBe(1);
  });

  it("is known by its whole text: not by its jti, its claims or its signature", async () => {
    const { verify } = verifierWith(keys, { now });
    const token = await issued();
    const { header, payload, signature } = partsOf(token);
    await verify(token);
    const [start, claims] = token.split(".");
    const others = [
      `${start!}.${encode(JSON.stringify({ ...payload, org_role: "owner" }))}.${encode(signature)}`,
      `${start!}.${claims!}.${encode(Buffer.alloc(64, 7))}`,
      `${encode(JSON.stringify({ ...header, kid: es.kid }))}.${claims!}.${encode(signature)}`,
    ];
    for (const other of others) expect(await verdict(() => verify(other))).toBe("TOKEN_INVALID");
  });

  it("is good no longer once it has expired, to the second", async () => {
    const { verify } = verifierWith(keys, { now, leeway: 0 });
    const token = await issued();
    const { expiresAt } = await verify(token);
    time = expiresAt * 1000 - 1;
    expect(await verdict(() => verify(token))).toBe("accepted");
    time = expiresAt * 1000;
    expect(await verdict(() => verify(token))).toBe("TOKEN_INVALID");
  });

  it("is verified anew within the leeway after its expiry, and refused behind it", async () => {
    const { verify } = verifierWith(keys, { now, leeway: 5 });
    const token = await issued();
    const first = await verify(token);
    time = first.expiresAt * 1000 + 4_999;
    expect(await verify(token)).not.toBe(first);
    time = first.expiresAt * 1000 + 5_000;
    expect(await verdict(() => verify(token))).toBe("TOKEN_INVALID");
  });

  it("is refused where the clock was put back to before it was made", async () => {
    const { verify } = verifierWith(keys, { now, leeway: 0 });
    const token = await issued();
    await verify(token);
    time -= 2_000;
    expect(await verdict(() => verify(token))).toBe("TOKEN_INVALID");
  });

  it("is pushed out by others, and then verified anew", async () => {
    const { verify } = verifierWith(keys, { now, cacheSize: 2 });
    const tokens = await Promise.all([issued(), issued(), issued()]);
    const first = await verify(tokens[0]);
    for (const token of tokens) await verify(token);
    await verify(tokens[1]);
    await verify(tokens[2]);
    expect(await verify(tokens[0])).not.toBe(first);
  });
});

describe("a key that is taken out of the set", () => {
  const without = (pair: KeyPair) => (jwk: JWK) => jwk.kid !== pair.kid;

  it("takes with it the tokens that were verified with it, and no others", async () => {
    let set = { keys: keys.keys };
    const { verify } = verifierWith(keys, { now, keySet: async () => set });
    const [token, other] = [
      await issued(),
      (await issuerWith(heldKeys(es), now).issue(grantedClaims())).token,
    ];
    await verify(token);
    const kept = await verify(other);
    set = { keys: keys.keys.filter(without(ed)) };
    expect(await verdict(() => verify(token))).toBe("TOKEN_INVALID");
    expect(await verify(other)).toBe(kept);
  });

  it("is missed even where it is taken out of the same list", async () => {
    const { verify } = verifierWith(keys, { now });
    const token = await issued();
    await verify(token);
    keys.keys.shift();
    expect(await verdict(() => verify(token))).toBe("TOKEN_INVALID");
  });

  it("is missed by whoever asks while the token is being verified with it", async () => {
    const { verify } = verifierWith(keys, { now });
    const token = await issued();
    await verify(await issued());
    const before = verify(token);
    await Promise.resolve();
    await Promise.resolve();
    keys.keys.shift();
    const after = verdict(() => verify(token));
    expect(await after).toBe("TOKEN_INVALID");
    await before;
    expect(await verdict(() => verify(token))).toBe("TOKEN_INVALID");
  });

  it("brings its tokens back when it comes back", async () => {
    const { verify } = verifierWith(keys, { now });
    const token = await issued();
    await verify(token);
    const [jwk] = keys.keys.splice(0, 1);
    expect(await verdict(() => verify(token))).toBe("TOKEN_INVALID");
    keys.keys.push({ ...jwk! });
    expect(await verdict(() => verify(token))).toBe("accepted");
  });
});

describe("a refusal", () => {
  it("is not remembered: neither as good, nor as bad for when the key comes", async () => {
    const late = heldKeys(es);
    const { verify } = verifierWith(late, { now });
    const token = await issued();
    for (let times = 0; times < 3; times += 1)
      expect(await verdict(() => verify(token))).toBe("TOKEN_INVALID");
    late.keys.push(ed.publicJwk);
    expect(await verdict(() => verify(token))).toBe("accepted");
  });

  it("reaches all who asked at the same time", async () => {
    const { verify } = verifierWith(keys, { now });
    const { header, payload } = partsOf(await issued());
    const token = await signTexts(
      await keyPair("EdDSA"),
      JSON.stringify(header),
      JSON.stringify(payload),
    );
    const verdicts = await Promise.all(
      Array.from({ length: 20 }, () => verdict(() => verify(token))),
    );
    expect(new Set(verdicts)).toEqual(new Set(["TOKEN_INVALID"]));
  });
});

describe("a key set", () => {
  it.each<[string, (pair: KeyPair) => unknown]>([
    [
      "cannot be had",
      () => {
        throw new Error("down");
      },
    ],
    ["is none", () => null],
    ["has no keys", () => ({})],
    ["has a private key", ({ publicJwk }) => ({ keys: [{ ...publicJwk, d: "AA" }] })],
    ["has a shared secret", () => ({ keys: [{ kty: "oct", k: "AA", kid: "x" }] })],
    ["has an RSA key", () => ({ keys: [{ kty: "RSA", n: "AA", e: "AQAB", kid: "x" }] })],
    [
      "has a key for another algorithm",
      ({ publicJwk }) => ({ keys: [{ ...publicJwk, alg: "HS256" }] }),
    ],
    ["has a key without kid", ({ publicJwk: { kid: _, ...jwk } }) => ({ keys: [jwk] })],
    ["has more than 100 keys", ({ publicJwk }) => ({ keys: Array(101).fill(publicJwk) })],
  ])("that %s verifies nothing, and says that it is not the token's fault", async (_, set) => {
    const keySet = (async () => set(ed)) as typeof keys.published;
    const { verify } = verifierWith(keys, { now, keySet });
    const token = await issued();
    for (let times = 0; times < 2; times += 1)
      expect(await verdict(() => verify(token))).toBe("TOKEN_KEYS_UNAVAILABLE");
  });
});

describe("the verifier's options", () => {
  it.each([
    { leeway: 6 },
    { leeway: -1 },
    { leeway: 0.5 },
    { cacheSize: 0 },
    { cacheSize: 1_000_001 },
    { issuer: "" },
    { audience: "" },
    { issuer: undefined as unknown as string },
  ])("are refused: %j", async (options) => {
    expect(await verdict(async () => verifierWith(keys, options))).toBe("CONFIG_INVALID");
  });
});
