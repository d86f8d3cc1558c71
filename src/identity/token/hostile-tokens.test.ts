import { createHmac, createPublicKey, type JsonWebKey as NodeJwk } from "node:crypto";
import { once } from "node:events";
import { createServer, type AddressInfo, type Server } from "node:net";
import { CompactEncrypt, generateKeyPair, SignJWT } from "jose";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { TokenVerifier } from "./token-verifier.js";
import {
  audience,
  encode,
  grantedClaims,
  heldKeys,
  issuer,
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
let stranger: KeyPair;
let verifier: TokenVerifier;
let header: Record<string, unknown>;
let payload: Record<string, unknown>;
let good: string;
let goodEs: string;
let server: Server;
let url: string;
let connections = 0;

beforeAll(async () => {
  [ed, es, stranger] = await Promise.all([keyPair("EdDSA"), keyPair("ES256"), keyPair("EdDSA")]);
  server = createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`;
});
afterAll(() => server.close());

beforeEach(async () => {
  vi.stubGlobal("fetch", () => {
    throw new Error("something was fetched");
  });
  verifier = verifierWith(heldKeys(ed, es));
  good = (await issuerWith(heldKeys(ed)).issue(grantedClaims())).token;
  goodEs = (await issuerWith(heldKeys(es)).issue(grantedClaims())).token;
  ({ header, payload } = partsOf(good));
  expect(await verdict(() => verifier.verify(good))).toBe("accepted");
  expect(await verdict(() => verifier.verify(goodEs))).toBe("accepted");
});

/** Nothing was asked of anybody, whatever the token said. */
afterEach(async () => {
  vi.unstubAllGlobals();
  await new Promise(setImmediate);
  expect(connections).toBe(0);
});

const refused = async (token: string) =>
  expect([token, await verdict(() => verifier.verify(token))]).toEqual([token, "TOKEN_INVALID"]);

type Members = Readonly<Record<string, unknown>>;
/** Signed by a genuine key, with members changed; one that is undefined is left out. */
const signed = (headers: Members = {}, claims: Members = {}, pair = ed) =>
  signTexts(
    pair,
    JSON.stringify({ ...header, alg: pair.algorithm, kid: pair.kid, ...headers }),
    JSON.stringify({ ...payload, ...claims }),
  );
const unsigned = (headers: Members, signature: string | Uint8Array) =>
  `${encode(JSON.stringify({ ...header, ...headers }))}.${good.split(".")[1]!}.${encode(signature)}`;

it("takes what the helper signs unchanged, so that what is refused below is refused for its change", async () => {
  for (const pair of [ed, es]) {
    const token = await signed({}, {}, pair);
    expect(await verdict(() => verifier.verify(token))).toBe("accepted");
  }
});

describe("the algorithm", () => {
  it.each(["none", "None", "NONE", "nOnE", "none ", "", "null"])(
    "is not %j, with or without a signature",
    async (alg) => {
      const { signature } = partsOf(good);
      for (const bytes of ["", signature, "x"]) await refused(unsigned({ alg }, bytes));
      await refused(await signed({ alg }));
    },
  );

  it.each(["ES256", "Ed25519", "eddsa", "EdDSA ", "RS256", "HS256", "ES384", "Ed448"])(
    "of an Ed25519 key is not %j, even where the signature is genuine",
    async (alg) => refused(await signed({ alg })),
  );

  it.each(["EdDSA", "ES384", "RS256", "PS256", "HS256"])(
    "of a P-256 key is not %j, even where the signature is genuine",
    async (alg) => refused(await signed({ alg }, {}, es)),
  );

  it.each<unknown>([null, 0, true, ["EdDSA"], { alg: "EdDSA" }, undefined])(
    "is not %j",
    async (alg) => refused(await signed({ alg })),
  );

  it.each(["HS256", "HS384", "HS512"])(
    "is not %s with a public key for the secret",
    async (alg) => {
      for (const pair of [ed, es]) {
        const key = createPublicKey({ key: { ...pair.publicJwk } as NodeJwk, format: "jwk" });
        const secrets = [
          key.export({ type: "spki", format: "der" }),
          key.export({ type: "spki", format: "pem" }).toString(),
          JSON.stringify(pair.publicJwk),
          Buffer.from(pair.publicJwk.x!, "base64url"),
          pair.publicJwk.x!,
          "",
        ];
        for (const secret of secrets) {
          const text = unsigned({ alg, kid: pair.kid }, "").slice(0, -1);
          const mac = createHmac(alg.replace("HS", "sha"), secret).update(text).digest();
          await refused(`${text}.${encode(mac)}`);
        }
      }
    },
  );

  it("is not RS256 by an RSA key of the sender's", async () => {
    const { privateKey } = await generateKeyPair("RS256");
    for (const { kid } of [ed, es]) {
      await refused(
        await new SignJWT(payload)
          .setProtectedHeader({ alg: "RS256", kid, typ: "at+jwt" })
          .sign(privateKey),
      );
    }
  });
});

describe("the kid", () => {
  it.each<unknown>([
    "__proto__",
    "constructor",
    "toString",
    "hasOwnProperty",
    "../../../../dev/null",
    "/proc/self/environ",
    "file:///dev/null",
    "' union select 'AA' --",
    "x'; drop table tenantry.signing_key; --",
    "",
    " ",
    "*",
    "0",
    0,
    null,
    true,
    undefined,
    ["kid"],
    {},
  ])("is that of a key of ours, and not %j", async (kid) => refused(await signed({ kid })));

  it("selects one key exactly, without its neighbours", async () => {
    for (const kid of [
      `${ed.kid} `,
      ` ${ed.kid}`,
      ed.kid.slice(0, -1),
      `${ed.kid}\0`,
      [ed.kid],
      es.kid,
    ]) {
      await refused(await signed({ kid }));
    }
  });

  it("does not bring a stranger's key in, under its own kid or under ours", async () => {
    await refused(await signed({}, {}, stranger));
    await refused(await signed({ kid: ed.kid }, {}, stranger));
  });

  it("under which another key stands makes the whole set unusable", async () => {
    const keySet = async () => ({ keys: [{ ...stranger.publicJwk, kid: ed.kid }] });
    const token = await signed({ kid: ed.kid }, {}, stranger);
    const other = verifierWith(heldKeys(), { keySet });
    expect(await verdict(() => other.verify(token))).toBe("TOKEN_KEYS_UNAVAILABLE");
  });
});

describe("a header that brings or names a key or rules of its own", () => {
  it.each<[string, (own: KeyPair) => unknown]>([
    ["jku", () => url],
    ["x5u", () => url],
    ["jwk", (own) => own.publicJwk],
    ["x5c", () => ["MIIB"]],
    ["x5t", () => "AAAA"],
    ["x5t#S256", () => "AAAA"],
    ["crit", () => ["exp"]],
    ["crit", () => []],
    ["b64", () => false],
    ["b64", () => true],
    ["cty", () => "JWT"],
    ["zip", () => "DEF"],
    ["enc", () => "A256GCM"],
    ["iss", () => issuer],
    ["__proto__", () => ({})],
  ])("is refused: %s, signed by its own key or by ours", async (member, value) => {
    // As text, because the literal `{ __proto__: x }` sets no member.
    const withMember = (kid: string) => {
      const json = JSON.stringify({ alg: "EdDSA", kid, typ: "at+jwt" });
      return `${json.slice(0, -1)},${JSON.stringify(member)}:${JSON.stringify(value(stranger))}}`;
    };
    const claims = JSON.stringify(payload);
    await refused(await signTexts(stranger, withMember(stranger.kid), claims));
    await refused(await signTexts(stranger, withMember(ed.kid), claims));
    await refused(await signTexts(ed, withMember(ed.kid), claims));
  });

  it("is refused with an unencoded payload (RFC 7797)", async () => {
    const start = encode(JSON.stringify({ ...header, b64: false, crit: ["b64"] }));
    const text = `${start}.${JSON.stringify(payload)}`;
    const bytes = await crypto.subtle.sign("Ed25519", ed.privateKey, Buffer.from(text));
    await refused(`${text}.${encode(new Uint8Array(bytes))}`);
  });
});

describe("the type", () => {
  it.each<unknown>([
    "JWT",
    "jwt",
    "AT+JWT",
    "application/at+jwt",
    "at+jwt ",
    "at+JWT",
    "id+jwt",
    "refresh+jwt",
    "rt+jwt",
    "logout+jwt",
    "dpop+jwt",
    "secevent+jwt",
    "token-introspection+jwt",
    "",
    null,
    ["at+jwt"],
    undefined,
  ])("is at+jwt, and not %j", async (typ) => refused(await signed({ typ })));

  it("does not make an ID token an access token", async () => {
    const now = Math.floor(Date.now() / 1000);
    const idToken = { iss: issuer, aud: audience, sub: payload["sub"], iat: now, exp: now + 60 };
    for (const typ of ["JWT", "at+jwt"]) {
      const text = JSON.stringify({ ...header, typ });
      await refused(await signTexts(ed, text, JSON.stringify({ ...idToken, nonce: "n" })));
    }
  });
});

describe("the signature", () => {
  const withSignature = (token: string, bytes: Uint8Array) =>
    `${token.slice(0, token.lastIndexOf("."))}.${encode(bytes)}`;
  /** The order of P-256 (SEC 2 §2.4.2). */
  const order = Buffer.from(
    "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
    "hex",
  );

  it("of P-256 is not r or s of 0, 1, the order or more", async () => {
    const { signature } = partsOf(goodEs);
    const [r, s] = [signature.subarray(0, 32), signature.subarray(32)];
    const numbers = [Buffer.alloc(32), Buffer.alloc(32, 0xff), order, Buffer.from(order)];
    numbers.push(Buffer.concat([Buffer.alloc(31), Buffer.of(1)]));
    numbers[3]![31]! -= 1;
    for (const number of numbers) {
      for (const pair of [
        [number, number],
        [number, s],
        [r, number],
      ]) {
        await refused(withSignature(goodEs, Buffer.concat(pair)));
      }
    }
  });

  it("of P-256 is not written in DER", async () => {
    const { signature } = partsOf(goodEs);
    const integer = (bytes: Buffer) => Buffer.concat([Buffer.of(2, 33, 0), bytes]);
    const numbers = [integer(signature.subarray(0, 32)), integer(signature.subarray(32))];
    await refused(withSignature(goodEs, Buffer.concat([Buffer.of(0x30, 70), ...numbers])));
  });

  it("of Ed25519 is not the neutral element, nor all zeros or ones", async () => {
    const neutral = Buffer.concat([Buffer.of(1), Buffer.alloc(63)]);
    for (const bytes of [neutral, Buffer.alloc(64), Buffer.alloc(64, 0xff)]) {
      await refused(withSignature(good, bytes));
    }
  });

  it("of Ed25519 has S below the group's order (RFC 8032 §5.1.7)", async () => {
    const { signature } = partsOf(good);
    let s = BigInt(`0x${Buffer.from(signature.subarray(32)).reverse().toString("hex")}`);
    s += 2n ** 252n + 27742317777372353535851937790883648493n;
    const bytes = Buffer.from(s.toString(16).padStart(64, "0"), "hex").reverse();
    await refused(withSignature(good, Buffer.concat([signature.subarray(0, 32), bytes])));
  });

  it("is as long as it must be", async () => {
    for (const token of [good, goodEs]) {
      const { signature } = partsOf(token);
      for (const length of [1, 32, 63])
        await refused(withSignature(token, signature.subarray(0, length)));
      await refused(withSignature(token, Buffer.concat([signature, Buffer.of(0)])));
      await refused(withSignature(token, Buffer.concat([Buffer.of(0), signature])));
      await refused(withSignature(token, Buffer.concat([signature, signature])));
    }
  });

  it("is that of this token, and not of another", async () => {
    const other = (await issuerWith(heldKeys(ed)).issue(grantedClaims())).token;
    await refused(withSignature(good, partsOf(other).signature));
    const [head, , signature] = good.split(".");
    await refused(`${head!}.${other.split(".")[1]!}.${signature!}`);
  });
});

describe("the spelling", () => {
  it.each<[string, (token: string) => string]>([
    ["padding", (token) => `${token}==`],
    ["one sign of padding", (token) => `${token}=`],
    ["padding of the header", (token) => token.replace(".", "=.")],
    ["a newline at the end", (token) => `${token}\n`],
    ["a newline in front", (token) => `\n${token}`],
    ["a space in the signature", (token) => `${token.slice(0, -4)} ${token.slice(-4)}`],
    ["a tab after the header", (token) => token.replace(".", "\t.")],
    ["a NUL at the end", (token) => `${token}\0`],
    ["a zero-width space", (token) => `${token}\u200b`],
    ["a byte order mark", (token) => `\ufeff${token}`],
    ["half of a surrogate pair", (token) => `${token}\ud800`],
    ["the other alphabet", (token) => token.replace(/[-_]?$/, "+/")],
    ["a fourth segment", (token) => `${token}.`],
    ["a segment in front", (token) => `.${token}`],
    ["two segments", (token) => token.slice(0, token.lastIndexOf("."))],
    ["no signature", (token) => token.slice(0, token.lastIndexOf(".") + 1)],
    ["Bearer in front", (token) => `Bearer ${token}`],
    ["quotes", (token) => `"${token}"`],
    ["twice", (token) => `${token}.${token}`],
    ["nothing", () => ""],
    ["dots alone", () => ".."],
  ])("is the one of RFC 7515: not %s", async (_, spell) => {
    for (const token of [good, goodEs]) await refused(spell(token));
  });

  it("has no bits to spare at the end", async () => {
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    for (const token of [good, goodEs]) {
      const last = alphabet.indexOf(token.at(-1)!);
      expect(last % 16).toBe(0);
      for (let bits = 1; bits < 16; bits += 1)
        await refused(token.slice(0, -1) + alphabet[last + bits]!);
    }
  });

  it.each<[string, (json: string) => string]>([
    ["a member twice, the same", (json) => json.replace("{", `{"typ":"at+jwt","sub":"x",`)],
    ["a member twice, one behind", (json) => json.replace(/}$/, `,"typ":"at+jwt","sub":"x"}`)],
    ["a space", (json) => json.replace(":", ": ")],
    ["a newline at the end", (json) => `${json}\n`],
    [
      "an escape for a letter",
      (json) =>
        json.replace(/"(t|s)/, (_, letter: string) => `"\\u00${letter.charCodeAt(0).toString(16)}`),
    ],
    ["a byte order mark", (json) => `\ufeff${json}`],
    ["a list around it", (json) => `[${json}]`],
    ["a text of it", (json) => JSON.stringify(json)],
    ["null", () => "null"],
    ["a number", () => "1"],
    ["no JSON", () => "{"],
    ["nested lists without end", () => `{"a":${"[".repeat(1200)}${"]".repeat(1200)}}`],
  ])("of header and payload is that of JSON.stringify: not %s", async (_, spell) => {
    const [head, claims] = [JSON.stringify(header), JSON.stringify(payload)];
    await refused(await signTexts(ed, spell(head), claims));
    await refused(await signTexts(ed, head, spell(claims)));
  });

  it("is UTF-8", async () => {
    const claims = Buffer.from(JSON.stringify({ ...payload, x: "@" }));
    claims[claims.indexOf("@")] = 0xff;
    const text = `${encode(JSON.stringify(header))}.${encode(claims)}`;
    const bytes = await crypto.subtle.sign("Ed25519", ed.privateKey, Buffer.from(text));
    await refused(`${text}.${encode(new Uint8Array(bytes))}`);
  });

  it("is at most 8,192 characters long, and nothing that is no text", async () => {
    await refused(await signed({}, { padding: "x".repeat(8000) }));
    await refused("a".repeat(10_000_000));
    for (const value of [undefined, null, 7, {}, [good], Buffer.from(good), new String(good)]) {
      expect(await verdict(() => verifier.verify(value as string))).toBe("TOKEN_INVALID");
    }
  });
});

describe("a token inside or outside of another", () => {
  it("is refused where it is encrypted", async () => {
    const { publicKey } = await generateKeyPair("ECDH-ES");
    const jwe = await new CompactEncrypt(Buffer.from(good))
      .setProtectedHeader({
        alg: "ECDH-ES",
        enc: "A256GCM",
        kid: ed.kid,
        typ: "at+jwt",
        cty: "JWT",
      })
      .encrypt(publicKey);
    await refused(jwe);
    await refused(jwe.split(".").slice(0, 3).join("."));
  });

  it("is refused where it is the payload of another", async () => {
    await refused(await signTexts(ed, JSON.stringify(header), good));
    await refused(await signTexts(ed, JSON.stringify(header), JSON.stringify(good)));
  });

  it("is refused in the JSON form (RFC 7515 §7.2)", async () => {
    const [start, claims, signature] = good.split(".");
    await refused(JSON.stringify({ protected: start, payload: claims, signature }));
  });
});

describe("a claim, signed by a genuine key", () => {
  const now = () => Math.floor(Date.now() / 1000);
  it.each<[string, readonly unknown[]]>([
    [
      "iss",
      [
        `${issuer}/`,
        issuer.toUpperCase(),
        `${issuer}.evil.test`,
        "https://id",
        ` ${issuer}`,
        [issuer],
        null,
        "",
      ],
    ],
    [
      "aud",
      [
        `${audience}/`,
        audience.toUpperCase(),
        `${audience}.evil.test`,
        "https://api",
        [audience],
        [audience, "x"],
        [],
        { 0: audience },
        null,
        "",
        "*",
      ],
    ],
    [
      "sub",
      [
        "",
        "user-1",
        null,
        7,
        ["x"],
        "01890000-0000-7000-8ABC-000000000001",
        " 01890000-0000-7000-8abc-000000000001",
        "01890000-0000-7000-8abc-000000000001\n",
      ],
    ],
    [
      "tenant_id",
      [
        "",
        "acme",
        null,
        {},
        ["01890000-0000-7000-8abc-000000000001"],
        "01890000-0000-7000-8ABC-000000000001",
        "01890000-0000-7000-8abc-000000000001,",
      ],
    ],
    ["sid", ["", null, 7]],
    ["gid", ["", null, 7]],
    ["jti", ["", null, 7, "token-1"]],
    ["org_role", ["", null, 7, ["owner"], "a b", "x".repeat(65), "owner\n"]],
    [
      "permissions",
      [
        null,
        "a",
        {},
        [7],
        [["a"]],
        ["a", "a"],
        ["a b"],
        Array.from({ length: 65 }, (_, i) => `p${i}`),
      ],
    ],
    ["mv", [null, "3", -1, 1.5, [3], 2 ** 53]],
    ["tv", [null, "3", -1, 1.5, true, 2 ** 53]],
    ["auth_time", [null, "3", -1, 1.5, 9_999_999_999, Date.now()]],
    ["act", [null, "x", {}, [], { sub: 7 }, { sub: "x" }]],
    ["iat", [null, "1", 1.5, -1, 0, now() + 60, Date.now()]],
    [
      "exp",
      [
        null,
        "9999999999",
        now() - 60,
        now() + 1800.5,
        0,
        -1,
        9_999_999_999,
        2 ** 53,
        1e300,
        true,
        [9_999_999_999],
      ],
    ],
    ["nbf", [null, "1", now() + 60, 1.5, [], 2 ** 60]],
  ])("is refused: %s", async (claim, values) => {
    for (const value of values) await refused(await signed({}, { [claim]: value }));
  });

  it.each([
    "iss",
    "aud",
    "sub",
    "tenant_id",
    "org_role",
    "permissions",
    "sid",
    "gid",
    "jti",
    "mv",
    "tv",
    "auth_time",
    "iat",
    "exp",
  ])("is refused where it is missing: %s", async (claim) =>
    refused(await signed({}, { [claim]: undefined })),
  );

  it.each(["NaN", "Infinity", "1e999", "-0", "9.9e9", "09999999999", "0x7fffffff"])(
    "is refused where the time is written %s",
    async (text) => {
      const claims = JSON.stringify(payload).replace(/"exp":[0-9]+/, `"exp":${text}`);
      expect(claims).toContain(text);
      await refused(await signTexts(ed, JSON.stringify(header), claims));
    },
  );

  it("is not inherited", async () => {
    const { sub, ...others } = payload;
    const text = JSON.stringify(others).replace(
      "{",
      `{"__proto__":{"sub":${JSON.stringify(sub)}},`,
    );
    await refused(await signTexts(ed, JSON.stringify(header), text));
  });

  it("is left out where it is not known", async () => {
    const token = await signed({}, { is_superuser: true });
    expect(Object.keys(await verifier.verify(token))).not.toContain("is_superuser");
  });
});

it("tells in no message what a refused token said", async () => {
  const token = await signed({}, { iss: "https://evil.test/secret-text" });
  const error = await verifier.verify(token).catch((reason: unknown) => reason);
  expect(String(error)).not.toContain("secret-text");
});
