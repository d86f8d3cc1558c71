import type { SourceMutant } from "./source-mutants.js";

const verifier = "identity/token/token-verifier.ts";
const form = "identity/token/own-form.ts";
const memory = "identity/token/verification-memory.ts";
const payload = "identity/token/payload.ts";
const keySet = "identity/token/keys/verification-keys.ts";
const store = "identity/token/keys/key-store.ts";
const rotation = "identity/token/keys/key-rotation.ts";

/** Mutants of our own access tokens; `killedBy` is a probe of token-probes.ts. */
export const tokenMutants: readonly SourceMutant[] = [
  {
    name: "a token's type is not looked at",
    file: form,
    changes: [["if (typ !== accessTokenType)", "if (typ === 0)"]],
    killedBy: "only-access-tokens-pass",
  },
  {
    name: "a token is issued under another type",
    file: "identity/token/token-issuer.ts",
    changes: [["typ: accessTokenType", 'typ: "JWT"']],
    killedBy: "what-is-issued-is-taken",
  },
  {
    name: "the algorithm is what the header says",
    file: verifier,
    changes: [
      ["if (alg !== key.algorithm)", 'if (alg === "")'],
      [
        "await assertSignature(token, key)",
        "await assertSignature(token, { ...key, algorithm: alg as never })",
      ],
    ],
    killedBy: "the-algorithm-is-the-keys",
  },
  {
    name: "an unknown kid falls back to another key",
    file: verifier,
    changes: [
      ["const key = keys.get(kid);", "const key = keys.get(kid) ?? [...keys.values()][0];"],
    ],
    killedBy: "a-kid-selects-one-key",
  },
  {
    name: "a kid may stand for any key",
    file: keySet,
    changes: [
      ["if (jwk.kid !== kid)", "if (jwk.kid === undefined)"],
      ["return [kid, {", "return [jwk.kid, {"],
    ],
    killedBy: "no-stranger-takes-a-kid",
  },
  {
    name: "a header may have more members",
    file: form,
    changes: [["Object.keys(others).length > 0", "Object.keys(others).length > 9"]],
    killedBy: "a-header-has-three-members",
  },
  {
    name: "the strict form is not looked at",
    file: form,
    changes: [["  assertCompactForm(token);\n", ""]],
    killedBy: "a-token-has-one-spelling",
  },
  {
    name: "JSON may be written in any way",
    file: form,
    changes: [
      [
        "return again === segment ? value : undefined",
        "return again === undefined ? again : value",
      ],
    ],
    killedBy: "no-member-is-there-twice",
  },
  {
    name: "a signature is not checked",
    file: verifier,
    changes: [["    await assertSignature(token, key);\n", ""]],
    killedBy: "a-forgery-is-refused",
  },
  {
    name: "the issuer of our own tokens is not compared",
    file: verifier,
    changes: [["claims.issuer !== issuer", 'claims.issuer === ""']],
    killedBy: "another-issuer-is-refused",
  },
  {
    name: "the issuer is compared by its beginning",
    file: verifier,
    changes: [["claims.issuer !== issuer", "!claims.issuer.startsWith(issuer)"]],
    killedBy: "another-issuer-is-refused",
  },
  {
    name: "the audience of our own tokens is not compared",
    file: verifier,
    changes: [["claims.audience !== audience", 'claims.audience === ""']],
    killedBy: "another-audience-is-refused",
  },
  {
    name: "one audience of several will do",
    file: payload,
    changes: [['audience: text("aud")', 'audience: [payload["aud"]].flat()[0] as string']],
    killedBy: "another-audience-is-refused",
  },
  {
    name: "an expired token passes",
    file: verifier,
    changes: [["seconds >= expiresAt + leeway", "seconds >= expiresAt + 86_400"]],
    killedBy: "a-token-has-its-time",
  },
  {
    name: "a token of tomorrow passes",
    file: verifier,
    changes: [["issuedAt > seconds + leeway", "issuedAt > seconds + 86_400"]],
    killedBy: "a-token-has-its-time",
  },
  {
    name: "a token that is not valid yet passes",
    file: verifier,
    changes: [
      ["(notBefore as number) > seconds + leeway", "(notBefore as number) > seconds + 86_400"],
    ],
    killedBy: "a-token-has-its-time",
  },
  {
    name: "a token may be good for ever",
    file: payload,
    changes: [["expiresAt - issuedAt > longestTokenLife", "expiresAt - issuedAt === Infinity"]],
    killedBy: "a-token-has-its-time",
  },
  {
    name: "an id is any value",
    file: payload,
    changes: [['take(claim, isTenantId, "a lower-case uuid")', "payload[claim] as string"]],
    killedBy: "claims-are-of-their-type",
  },
  {
    name: "any number of permissions passes",
    file: payload,
    changes: [["value.length > mostPermissions", "value.length > 9_999"]],
    killedBy: "claims-are-of-their-type",
  },
  {
    name: "a version may be a text",
    file: payload,
    changes: [["Number.isSafeInteger(value) && (value as number) >= 0", "Number(value) >= 0"]],
    killedBy: "claims-are-of-their-type",
  },
  {
    name: "permissions can be added to a verified token",
    file: payload,
    changes: [["permissions: Object.freeze([", "permissions: Array.from(["]],
    killedBy: "what-is-verified-stays-so",
  },
  {
    name: "any object is a verified token",
    file: "identity/token/verified-token.ts",
    changes: [["value !== null && verified().has(value)", 'value !== null && "tokenId" in value']],
    killedBy: "what-is-verified-stays-so",
  },
  {
    name: "a known token is good beyond its expiry",
    file: memory,
    changes: [[" && seconds < token.expiresAt", ""]],
    killedBy: "a-known-token-has-its-time",
  },
  {
    name: "a known token is good before it was issued",
    file: memory,
    changes: [[" && seconds >= token.issuedAt", ""]],
    killedBy: "a-known-token-has-its-time",
  },
  {
    name: "a known token outlives its key",
    file: memory,
    changes: [["keys.has(kid) && ", ""]],
    killedBy: "a-key-takes-its-tokens-along",
  },
  {
    name: "a verification under way outlives its key",
    file: memory,
    changes: [["if (flight?.keys !== keys)", "if (flight === undefined)"]],
    killedBy: "a-key-takes-those-under-way-along",
  },
  {
    name: "a key taken out of the same list is not missed",
    file: keySet,
    changes: [["if (last === null || !sameItems(last.keys, keys))", "if (last === null)"]],
    killedBy: "a-key-takes-its-tokens-along",
  },
  {
    name: "a token is known by its jti",
    file: memory,
    changes: [
      [
        'return createHash("sha256").update(token).digest("base64")',
        'return String(JSON.parse(Buffer.from(token.split(".")[1]!, "base64url").toString()).jti)',
      ],
    ],
    killedBy: "a-known-token-covers-no-other",
  },
  {
    name: "a token is known by all but its signature",
    file: memory,
    changes: [[".update(token)", '.update(token.slice(0, token.lastIndexOf(".")))']],
    killedBy: "a-known-token-covers-no-other",
  },
  {
    name: "a known token is forgotten at once",
    file: memory,
    changes: [["    known.set(print, verification);\n", ""]],
    killedBy: "one-verification-serves-all",
  },
  {
    name: "everybody verifies for himself",
    file: memory,
    changes: [["if (flight?.keys !== keys)", "if (flight === undefined || keys !== null)"]],
    killedBy: "one-verification-serves-all",
  },
  {
    name: "any number of tokens is kept",
    file: memory,
    changes: [["{ max: size }", "{ max: size * 1_000 }"]],
    killedBy: "the-memory-is-bounded",
  },
  {
    name: "a sealed private key opens under any kid",
    file: "core/seal/sealed-text.ts",
    changes: [
      [
        "return Buffer.concat([start.subarray(0, nonceAt), Buffer.from(place)])",
        "return start.subarray(0, place === undefined ? 0 : nonceAt)",
      ],
    ],
    killedBy: "a-sealed-key-has-its-row",
  },
  {
    name: "a private key is sealed with the seals' key",
    file: "identity/token/keys/sealed-private-key.ts",
    changes: [['const purpose = "signing-key"', 'const purpose = "database"']],
    killedBy: "a-sealed-key-has-its-purpose",
  },
  {
    name: "a first key is chosen though there is one",
    file: store,
    changes: [
      ["\n    and not exists (select from tenantry.signing_key where signs_until is null)", ""],
    ],
    killedBy: "there-is-one-first-key",
  },
  {
    name: "a first key is chosen without waiting for others",
    file: store,
    changes: [
      ["  select pg_advisory_xact_lock(hashtextextended('tenantry.signing_key', 0));\n", ""],
    ],
    killedBy: "a-first-key-waits-its-turn",
  },
  {
    name: "a key is replaced twice",
    file: store,
    changes: [
      ["where kid = $7 and signs_until is null returning kid", "where kid = $7 returning kid"],
    ],
    killedBy: "a-key-has-one-successor",
  },
  {
    name: "withdrawing leaves the older keys",
    file: store,
    changes: [["where $8 and kid <> $7", "where $8 and kid = $7"]],
    killedBy: "what-is-withdrawn-is-gone",
  },
  {
    name: "a new key signs before it is published",
    file: rotation,
    changes: [["time + publishAhead", "time"]],
    killedBy: "a-key-is-published-before-it-signs",
  },
  {
    name: "a retired key is gone before its tokens",
    file: rotation,
    changes: [["signsFrom + publishedAfter", "signsFrom"]],
    killedBy: "a-key-stays-for-its-tokens",
  },
  {
    name: "a retired key stays for ever",
    file: "identity/token/keys/schedule.ts",
    changes: [["publishedUntil <= time", "publishedUntil <= 1"]],
    killedBy: "a-key-stays-for-its-tokens",
  },
  {
    name: "keys are read once and for all",
    file: "identity/token/keys/key-reader.ts",
    changes: [["time - loaded.at >= refreshEvery", "refreshEvery < 0"]],
    killedBy: "a-key-is-published-before-it-signs",
  },
];
