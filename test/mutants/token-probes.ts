import { createKeyRing } from "../../src/core/seal/key-ring.js";
import type * as SealedKeyModule from "../../src/identity/token/keys/sealed-private-key.js";
import {
  minute,
  second,
  type KeyDatabaseFixture,
} from "../../src/identity/token/keys/keys.test-support.js";
import type { VerificationKey } from "../../src/identity/token/keys/verification-keys.js";
import type * as MemoryModule from "../../src/identity/token/verification-memory.js";
import type { VerifiedAccessToken } from "../../src/identity/token/verified-token.js";
import type * as TokenModule from "../../src/identity/token/index.js";
import {
  audience,
  encode,
  grantedClaims,
  heldKeys,
  issuer,
  keyPair,
  partsOf,
  signTexts,
  verdict,
  type KeyPair,
} from "../../src/identity/token/tokens.test-support.js";

/** A copy of the sources, and a database with the table of the keys, empty. */
export interface TokenCopy {
  readonly token: typeof TokenModule;
  readonly sealedKeys: typeof SealedKeyModule;
  readonly memory: typeof MemoryModule;
  readonly database: KeyDatabaseFixture;
}

/** Stands for any key: the memory asks only whether it is there. */
const key = {} as VerificationKey;

type Members = Readonly<Record<string, unknown>>;

/** An issuer and a verifier of the copy, with one key of each kind, and a clock. */
async function stage({ token }: TokenCopy, cacheSize = 100) {
  const [ed, es] = await Promise.all([keyPair("EdDSA"), keyPair("ES256")]);
  const keys = heldKeys(ed, es);
  const clock = { time: Date.now() };
  const now = () => clock.time;
  const names = { issuer, audience, now };
  const { issue } = token.createTokenIssuer({ ...names, keys });
  const { verify } = token.createTokenVerifier({
    ...names,
    keySet: keys.published,
    leeway: 0,
    cacheSize,
  });
  const issued = async () => (await issue(grantedClaims())).token;
  const good = await issued();
  const { header, payload, signature } = partsOf(good);
  const signed = (headers: Members, claims: Members = {}, pair: KeyPair = ed) =>
    signTexts(
      pair,
      JSON.stringify({ ...header, ...headers }),
      JSON.stringify({ ...payload, ...claims }),
    );
  const passes = async (text: string) => (await verdict(() => verify(text))) === "accepted";
  /** Whether the good one passes, and none of these does. */
  const onlyGood = async (...others: readonly string[]) => {
    for (const text of others) if (await passes(text)) return false;
    return passes(good);
  };
  const withPayload = (claims: Members) => {
    const text = encode(JSON.stringify({ ...payload, ...claims }));
    return `${good.split(".")[0]!}.${text}.${encode(signature)}`;
  };
  return {
    ed,
    es,
    keys,
    clock,
    verify,
    issued,
    good,
    header,
    payload,
    signed,
    passes,
    onlyGood,
    withPayload,
  };
}

const kidsOf = async (keys: TokenModule.SigningKeys) =>
  (await keys.published()).keys.map(({ kid }) => kid);
const processOf = ({ token, database }: TokenCopy, ring = createKeyRing("s".repeat(32))) =>
  token.createSigningKeys({ database: database.pool, ring, now: () => database.time });

/** One process reads that there is no key, and puts its own down only after another's was chosen. */
async function hasOneKeyAfterALateStart(copy: TokenCopy): Promise<boolean> {
  const { token, database } = copy;
  await database.empty();
  let goOn = (): void => undefined;
  const chosen = new Promise<void>((resolve) => (goOn = resolve));
  const late = token.createSigningKeys({
    database: {
      async query(text, values) {
        if (text.includes("insert into tenantry.signing_key")) await chosen;
        return database.pool.query(text, values);
      },
    },
    ring: createKeyRing("s".repeat(32)),
    now: () => database.time,
  });
  const lateKey = late.current();
  const { kid } = await processOf(copy).current();
  goOn();
  return (await lateKey).kid === kid && (await kidsOf(processOf(copy))).length === 1;
}

/** Each is true where the copy does what it should. */
export const tokenProbes: Readonly<Record<string, (copy: TokenCopy) => Promise<boolean>>> = {
  async "what-is-issued-is-taken"(copy) {
    const { good, passes, header } = await stage(copy);
    return (await passes(good)) && header["typ"] === "at+jwt";
  },

  async "only-access-tokens-pass"(copy) {
    const { signed, onlyGood } = await stage(copy);
    return onlyGood(await signed({ typ: "JWT" }), await signed({ typ: "refresh+jwt" }));
  },

  async "the-algorithm-is-the-keys"(copy) {
    const { signed, onlyGood } = await stage(copy);
    // The other name that jose knows for the same algorithm: the signature is good.
    return onlyGood(await signed({ alg: "Ed25519" }));
  },

  async "a-kid-selects-one-key"(copy) {
    const { signed, onlyGood, es } = await stage(copy);
    return onlyGood(await signed({ kid: "unknown" }), await signed({ kid: es.kid }));
  },

  async "no-stranger-takes-a-kid"(copy) {
    const { ed, keys, signed, passes } = await stage(copy);
    const stranger = await keyPair("EdDSA");
    keys.keys.splice(0, 1, { ...stranger.publicJwk, kid: ed.kid });
    return !(await passes(await signed({}, {}, stranger)));
  },

  async "a-header-has-three-members"(copy) {
    const { signed, onlyGood } = await stage(copy);
    return onlyGood(await signed({ cty: "JWT" }), await signed({ b64: true }));
  },

  async "a-token-has-one-spelling"(copy) {
    const { good, onlyGood } = await stage(copy);
    return onlyGood(`${good}\n`, `${good}=`, `${good}==`, `${good.slice(0, -4)} ${good.slice(-4)}`);
  },

  async "no-member-is-there-twice"(copy) {
    const { ed, header, payload, onlyGood } = await stage(copy);
    const twice = (json: string, member: string) => json.replace("{", `{${member},`);
    const [head, claims] = [JSON.stringify(header), JSON.stringify(payload)];
    return onlyGood(
      await signTexts(ed, twice(head, '"typ":"JWT"'), claims),
      await signTexts(ed, head, twice(claims, '"org_role":"owner"')),
    );
  },

  async "a-forgery-is-refused"(copy) {
    const { onlyGood, withPayload, signed } = await stage(copy);
    return onlyGood(
      withPayload({ org_role: "owner" }),
      await signed({}, {}, await keyPair("EdDSA")),
    );
  },

  async "another-issuer-is-refused"(copy) {
    const { signed, onlyGood } = await stage(copy);
    const others = ["https://evil.test", `${issuer}.evil.test`, [issuer]];
    return onlyGood(...(await Promise.all(others.map((iss) => signed({}, { iss })))));
  },

  async "another-audience-is-refused"(copy) {
    const { signed, onlyGood } = await stage(copy);
    const others = ["https://evil.test", `${audience}.evil.test`, [audience], [audience, "x"]];
    return onlyGood(...(await Promise.all(others.map((aud) => signed({}, { aud })))));
  },

  async "a-token-has-its-time"(copy) {
    const { signed, onlyGood, payload } = await stage(copy);
    const iat = payload["iat"] as number;
    return onlyGood(
      await signed({}, { iat: iat - 3_600, exp: iat, auth_time: 0 }),
      await signed({}, { iat: iat + 60 }),
      await signed({}, { nbf: iat + 60 }),
      await signed({}, { exp: iat + 3_601 }),
    );
  },

  async "claims-are-of-their-type"(copy) {
    const { signed, onlyGood } = await stage(copy);
    const many = Array.from({ length: 65 }, (_, index) => `p${index}`);
    const wrong = [{ tenant_id: "acme" }, { sub: null }, { permissions: many }, { mv: "3" }];
    return onlyGood(...(await Promise.all(wrong.map((claims) => signed({}, claims)))));
  },

  async "what-is-verified-stays-so"(copy) {
    const { verify, good } = await stage(copy);
    const verified = await verify(good);
    const { isVerifiedAccessToken: isVerified } = copy.token;
    const frozen = Object.isFrozen(verified) && Object.isFrozen(verified.permissions);
    return frozen && isVerified(verified) && !isVerified({ ...verified });
  },

  async "a-known-token-has-its-time"(copy) {
    const { clock, payload, good, passes } = await stage(copy);
    const known = await passes(good);
    clock.time = (payload["exp"] as number) * 1000;
    const late = await passes(good);
    clock.time = (payload["iat"] as number) * 1000 - 1;
    return known && !late && !(await passes(good));
  },

  async "a-key-takes-its-tokens-along"(copy) {
    const { keys, good, passes } = await stage(copy);
    const known = await passes(good);
    keys.keys.shift();
    return known && !(await passes(good));
  },

  /** Asked of the memory itself, since how long a signature takes is not ours to say. */
  async "a-key-takes-those-under-way-along"({ memory }) {
    const { recall } = memory.createVerificationMemory(10);
    let finish: (() => void) | undefined;
    const underWay = new Promise<void>((resolve) => (finish = resolve));
    const verified = { kid: "one", token: {} as VerifiedAccessToken };
    const before = recall("token", new Map([["one", key]]), 0, async () => {
      await underWay;
      return verified;
    });
    const after = recall("token", new Map(), 0, () => Promise.reject(new Error("no such key")));
    const refused = after.then(
      () => false,
      () => true,
    );
    finish?.();
    return (await refused) && (await before) === verified.token;
  },

  async "a-known-token-covers-no-other"(copy) {
    const { good, passes, withPayload, onlyGood } = await stage(copy);
    await passes(good);
    const [start, claims] = good.split(".");
    const unsigned = `${start!}.${claims!}.${encode(Buffer.alloc(64, 7))}`;
    return onlyGood(withPayload({ org_role: "owner" }), unsigned);
  },

  async "one-verification-serves-all"(copy) {
    const { good, verify } = await stage(copy);
    const verified = await Promise.all([verify(good), verify(good), verify(good)]);
    return new Set([...verified, await verify(good)]).size === 1;
  },

  async "the-memory-is-bounded"(copy) {
    const { verify, issued } = await stage(copy, 2);
    const tokens = [await issued(), await issued(), await issued()] as const;
    const first = await verify(tokens[0]);
    await verify(tokens[1]);
    await verify(tokens[2]);
    return (await verify(tokens[0])) !== first;
  },

  async "a-sealed-key-has-its-row"({ sealedKeys }) {
    const ring = createKeyRing("s".repeat(32));
    const sealed = sealedKeys.sealPrivateKey(ring, "one", { kty: "OKP" });
    const opens = (kid: string) =>
      verdict(async () => sealedKeys.openPrivateKey(ring, kid, sealed));
    return (await opens("one")) === "accepted" && (await opens("two")) !== "accepted";
  },

  async "a-sealed-key-has-its-purpose"({ sealedKeys }) {
    const ring = createKeyRing("s".repeat(32));
    const { "signing-key": mine, ...others } = ring.current.material;
    const only = { id: ring.current.id, material: { ...others, "signing-key": Buffer.alloc(32) } };
    const sealed = sealedKeys.sealPrivateKey(ring, "kid", { kty: "OKP" });
    const open = async () =>
      sealedKeys.openPrivateKey({ current: only, all: [only] }, "kid", sealed);
    return mine.length === 32 && (await verdict(open)) !== "accepted";
  },

  async "there-is-one-first-key"(copy) {
    for (let round = 0; round < 10; round += 1) {
      await copy.database.empty();
      const processes = Array.from({ length: 20 }, () => processOf(copy));
      const signers = await Promise.all(processes.map(async (keys) => (await keys.current()).kid));
      if (new Set(signers).size !== 1) return false;
    }
    return hasOneKeyAfterALateStart(copy);
  },

  /** The two that the lock keeps apart would meet too rarely for a probe: so we hold it ourselves. */
  async "a-first-key-waits-its-turn"(copy) {
    const lock = "(hashtextextended('tenantry.signing_key', 0))";
    await copy.database.admin.query(`select pg_advisory_lock${lock}`);
    const key = processOf(copy).current();
    const pause = new Promise<null>((resolve) => setTimeout(resolve, 300, null));
    const waits = (await Promise.race([key, pause])) === null;
    await copy.database.admin.query(`select pg_advisory_unlock${lock}`);
    return waits && (await key).algorithm === "EdDSA";
  },

  async "a-key-has-one-successor"(copy) {
    const { database } = copy;
    const processes = Array.from({ length: 10 }, () => processOf(copy));
    await Promise.all(processes.map((keys) => keys.current()));
    database.time += 91 * 24 * 60 * minute;
    await Promise.all(processes.map((keys) => keys.current()));
    database.time += minute;
    return (await kidsOf(processes[0]!)).length === 2;
  },

  async "what-is-withdrawn-is-gone"(copy) {
    const keys = processOf(copy);
    await keys.rotateSigningKeys();
    await keys.rotateSigningKeys({ withdrawOld: true });
    return (await kidsOf(keys)).length === 1;
  },

  async "a-key-is-published-before-it-signs"(copy) {
    const { database } = copy;
    const [here, there] = [processOf(copy), processOf(copy)];
    await there.published();
    await here.rotateSigningKeys();
    const signs = (await here.current()).kid;
    const known = (await kidsOf(there)).includes(signs);
    database.time += 31 * second;
    return known && (await kidsOf(there)).length === 2;
  },

  async "a-key-stays-for-its-tokens"(copy) {
    const { database } = copy;
    const keys = processOf(copy);
    const { kid } = await keys.current();
    await keys.rotateSigningKeys();
    database.time += 74 * minute;
    const stays = (await kidsOf(keys)).includes(kid);
    database.time += 4 * minute;
    return stays && !(await kidsOf(keys)).includes(kid);
  },
};
