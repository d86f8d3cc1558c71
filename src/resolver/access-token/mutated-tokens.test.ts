import fc from "fast-check";
import { jwtVerify, importJWK } from "jose";
import { beforeAll, describe, expect, it } from "vitest";
import type { Resolver } from "../contract.js";
import { globex, outcome } from "../resolver.test-support.js";
import { fromAccessToken } from "./from-access-token.js";
import { audience, issuer, keySet, sign, signingKey, withToken } from "./tokens.test-support.js";

let resolver: Resolver;
let tokens: readonly string[];
let edJwk: object;

beforeAll(async () => {
  const [ed, es] = await Promise.all([signingKey("EdDSA", "ed"), signingKey("ES256", "es")]);
  edJwk = ed.publicJwk;
  resolver = fromAccessToken({ issuer, audience, jwks: keySet(ed, es) });
  tokens = [await sign(ed), await sign(es), await sign(ed, {}, { kid: undefined })];
});

const accepted = async (token: string) => {
  const signal = await outcome(() => resolver.read(withToken(token)));
  return signal !== "TOKEN_INVALID" && signal !== "TOKEN_REQUIRED";
};

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const character = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...alphabet) },
  { weight: 1, arbitrary: fc.constantFrom(..."=.+/ \n\t\0,%\u00e9Ａ") },
);
const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
type Mutation = (token: string) => string;
const at = (token: string, where: number) => Math.floor(where * token.length);

const replace = fc.tuple(place, character).map<Mutation>(([where, letter]) => (token) => {
  const index = at(token, where);
  return token.slice(0, index) + letter + token.slice(index + 1);
});
const insert = fc.tuple(place, character).map<Mutation>(([where, letter]) => (token) => {
  const index = at(token, where);
  return token.slice(0, index) + letter + token.slice(index);
});
const remove = place.map<Mutation>((where) => (token) => {
  const index = at(token, where);
  return token.slice(0, index) + token.slice(index + 1);
});
const cut = place.map<Mutation>((where) => (token) => token.slice(0, at(token, where)));
const append = fc
  .array(character, { minLength: 1, maxLength: 3 })
  .map<Mutation>((letters) => (token) => token + letters.join(""));
const swapSegments = fc.constantFrom<Mutation>(
  (token) => token.split(".").reverse().join("."),
  (token) => token.split(".").slice(0, 2).join("."),
  (token) => `${token}.${token}`,
  (token) => `.${token}`,
);

/** Decodes one segment, changes its JSON, and encodes it again: what a forger would do. */
const rewrite = fc
  .tuple(
    fc.constantFrom(0, 1),
    fc.constantFrom("alg", "typ", "kid", "iss", "aud", "sub", "tenant_id", "exp", "jwk", "crit"),
    fc.constantFrom<unknown>("none", "HS256", globex.id, 9_999_999_999, null, [], {}, "at+jwt"),
  )
  .map<Mutation>(([index, member, value]) => (token) => {
    const segments = token.split(".");
    const json = readJson(segments[index] ?? "");
    if (json === null) return token;
    const changed = JSON.stringify({ ...json, [member]: value });
    segments[index] = Buffer.from(changed).toString("base64url");
    return segments.join(".");
  });

/** Null where an earlier change left no JSON. */
function readJson(segment: string): object | null {
  try {
    return JSON.parse(Buffer.from(segment, "base64url").toString()) as object;
  } catch {
    return null;
  }
}

describe("a token that was changed in any way", () => {
  it("is never accepted", async () => {
    for (const token of tokens) expect(await accepted(token)).toBe(true);
    const mutation = fc.oneof(replace, insert, remove, cut, append, swapSegments, rewrite);
    const mutations = fc.array(mutation, { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: 2 }), mutations, async (index, changes) => {
        const token = tokens[index]!;
        const changed = changes.reduce((text, change) => change(text), token);
        if (changed !== token) expect(await accepted(changed), changed).toBe(false);
      }),
      { numRuns: 6_000 },
    );
  });

  it("is not accepted with any single character changed", async () => {
    const [token] = tokens;
    for (let index = 0; index < token!.length; index += 1) {
      const letter = token![index] === "A" ? "B" : "A";
      const changed = token!.slice(0, index) + letter + token!.slice(index + 1);
      expect(await accepted(changed), `at ${index}`).toBe(false);
    }
  });
});

describe("another spelling of a good token", () => {
  /** The signature's last character has bits to spare: 64 bytes are 85.33 characters. */
  const withStrayBits = (token: string) => {
    const last = alphabet.indexOf(token.at(-1)!);
    return token.slice(0, -1) + alphabet[last | 1]!;
  };
  const spellings: readonly [string, Mutation][] = [
    ["padding", (token) => `${token}==`],
    ["one sign of padding", (token) => `${token}=`],
    ["padding inside", (token) => token.replace(".", "=.")],
    ["a newline at the end", (token) => `${token}\n`],
    ["a space in the signature", (token) => `${token.slice(0, -4)} ${token.slice(-4)}`],
    ["stray bits at the end", withStrayBits],
    ["the other base64 alphabet", (token) => token.replaceAll("-", "+").replaceAll("_", "/")],
    ["a fourth segment", (token) => `${token}.`],
  ];

  it.each(spellings)("is refused: %s", async (_, spell) => {
    for (const token of tokens) {
      const spelled = spell(token);
      if (spelled !== token) expect(await accepted(spelled)).toBe(false);
    }
  });

  it("would be accepted by jose alone, which is why it is checked before", async () => {
    const key = await importJWK(edJwk, "EdDSA");
    for (const spelled of [`${tokens[0]!}==`, `${tokens[0]!}\n`]) {
      await expect(jwtVerify(spelled, key)).resolves.toBeDefined();
    }
  });
});

it("refuses a token of more than 8 KiB unseen, and takes a long one below", async () => {
  const key = await signingKey("EdDSA", "ed");
  const from = fromAccessToken({ issuer, audience, jwks: keySet(key) });
  const read = async (padding: number) =>
    outcome(async () => from.read(withToken(await sign(key, { padding: "x".repeat(padding) }))));
  expect(await read(5_500)).toMatchObject({ source: "access-token" });
  expect(await read(6_500)).toBe("TOKEN_INVALID");
});
