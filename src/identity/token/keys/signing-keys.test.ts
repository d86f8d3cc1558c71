import pg from "pg";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { createKeyRing } from "../../../core/seal/key-ring.js";
import { describeOnServers } from "../../../../test/support/servers.js";
import { grantedClaims, issuerWith, verdict, verifierWith } from "../tokens.test-support.js";
import { signingAlgorithms, type SigningKeys } from "./contract.js";
import {
  day,
  minute,
  noDatabase,
  openKeyDatabase,
  ring,
  second,
  type KeyDatabaseFixture,
} from "./keys.test-support.js";
import { createSigningKeys } from "./signing-keys.js";

const kidsOf = async (keys: SigningKeys) => (await keys.published()).keys.map(({ kid }) => kid);
const signer = async (keys: SigningKeys) => (await keys.current()).kid;

describeOnServers("signing keys in PostgreSQL", (server) => {
  let fixture: KeyDatabaseFixture;
  const now = () => fixture.time;
  const issueWith = async (keys: SigningKeys) =>
    (await issuerWith(keys, now).issue(grantedClaims({ authenticatedAt: 0 }))).token;
  const verdictOf = (keys: SigningKeys, token: string) =>
    verdict(() => verifierWith(keys, { now }).verify(token));
  const stored = async () =>
    (
      await fixture.admin.query<{ kid: string; sealed: Buffer; ended: boolean }>(
        "select kid, sealed_private_key as sealed, signs_until is not null as ended from tenantry.signing_key order by signs_from",
      )
    ).rows;

  beforeAll(async () => {
    fixture = await openKeyDatabase(server);
  });
  beforeEach(() => fixture.empty());
  afterAll(() => fixture?.close());

  it.each(signingAlgorithms)(
    "sign and verify with %s, in one process and the next",
    async (algorithm) => {
      const token = await issueWith(fixture.keys({ algorithm }));
      expect(await verdictOf(fixture.keys(), token)).toBe("accepted");
    },
  );

  it("publish nothing that is private, and cannot be changed by a reader", async () => {
    const { keys } = await fixture.keys().published();
    expect(Object.keys(keys[0]!).sort()).toEqual(["alg", "crv", "kid", "kty", "use", "x"]);
    expect(Object.isFrozen(keys) && Object.isFrozen(keys[0])).toBe(true);
  });

  it("are one where 20 processes start at once, again and again", async () => {
    for (let round = 0; round < 8; round += 1) {
      await fixture.empty();
      const processes = Array.from({ length: 20 }, () => fixture.keys());
      const signers = await Promise.all(processes.map(signer));
      expect(new Set(signers).size).toBe(1);
      expect(await stored()).toMatchObject([{ kid: signers[0], ended: false }]);
    }
  });

  it("are one where sessions begin with another isolation than usual", async () => {
    const options = "-c default_transaction_isolation=repeatable\\ read";
    const pool = new pg.Pool({ connectionString: fixture.url, max: 20, options });
    pool.on("error", () => undefined);
    try {
      for (let round = 0; round < 8; round += 1) {
        await fixture.empty();
        const processes = Array.from({ length: 20 }, () => fixture.keys({ database: pool }));
        expect(new Set(await Promise.all(processes.map(signer))).size).toBe(1);
        expect(await stored()).toHaveLength(1);
      }
    } finally {
      await pool.end();
    }
  });

  it("are not disturbed by a candidate that a process left behind", async () => {
    await fixture.keys().current();
    await fixture.admin.query(
      `insert into tenantry.signing_key select 'left', algorithm, public_jwk, sealed_private_key, created_at, signs_from - interval '1 h', to_timestamp(0), to_timestamp(0) from tenantry.signing_key`,
    );
    expect(await signer(fixture.keys())).not.toBe("left");
    expect(await kidsOf(fixture.keys())).not.toContain("left");
  });

  it("are published before they sign, and no token is refused on the way", async () => {
    const [one, two] = [fixture.keys(), fixture.keys()];
    const first = await signer(one);
    expect(await signer(two)).toBe(first);
    await one.rotateSigningKeys();
    fixture.time += 31 * second;
    const published = await kidsOf(two);
    expect(published).toHaveLength(2);
    expect(await signer(two)).toBe(first);
    fixture.time += 14 * minute + 28 * second;
    expect(await signer(one)).toBe(first);
    fixture.time += second;
    const next = published.find((kid) => kid !== first)!;
    expect([await signer(one), await signer(two)]).toEqual([next, next]);
    expect(await verdictOf(two, await issueWith(one))).toBe("accepted");
  });

  it("stay published until the last token that they signed has expired, and then go", async () => {
    const keys = fixture.keys();
    const first = await signer(keys);
    await keys.rotateSigningKeys();
    fixture.time += 15 * minute - second;
    expect(await signer(keys)).toBe(first);
    const last = await issueWith(keys);
    fixture.time += 60 * minute - second;
    expect(await verdictOf(keys, last)).toBe("accepted");
    expect(await kidsOf(keys)).toContain(first);
    fixture.time += 2 * minute;
    expect(await kidsOf(keys)).not.toContain(first);
    expect((await stored()).map(({ kid }) => kid)).not.toContain(first);
  });

  it("are rotated by themselves when the newest is 90 days old", async () => {
    const keys = fixture.keys();
    const first = await signer(keys);
    fixture.time += 90 * day - second;
    expect(await kidsOf(keys)).toEqual([first]);
    fixture.time += 31 * second;
    expect(await kidsOf(keys)).toHaveLength(2);
    expect(await signer(keys)).toBe(first);
    fixture.time += 15 * minute;
    expect(await signer(keys)).not.toBe(first);
    fixture.time += 80 * day;
    expect(await kidsOf(keys)).toHaveLength(1);
  });

  it("get one successor where 10 processes rotate at once, by call or by age", async () => {
    const processes = Array.from({ length: 10 }, () => fixture.keys());
    await Promise.all(processes.map(signer));
    await Promise.all(processes.map((keys) => keys.rotateSigningKeys()));
    // Those who came after the first one's commit rotated on: never two without an end.
    expect((await stored()).filter(({ ended }) => !ended)).toHaveLength(1);
    await fixture.empty();
    await Promise.all(processes.map(signer));
    fixture.time += 91 * day;
    await Promise.all(processes.map(signer));
    expect(await stored()).toHaveLength(2);
  });

  it("have no gap between them and one that signs, whatever the rotations", async () => {
    const keys = fixture.keys();
    for (let minutes = 0; minutes < 90; minutes += 1) {
      if (minutes % 7 === 0 && minutes < 40) await keys.rotateSigningKeys();
      const token = await issueWith(keys);
      expect(await verdictOf(fixture.keys(), token)).toBe("accepted");
      fixture.time += minute;
    }
  });

  it("that were stolen are withdrawn at once, with every token, known or not", async () => {
    const [here, there] = [fixture.keys(), fixture.keys()];
    const [verifyHere, verifyThere] = [here, there].map(
      (keys) => verifierWith(keys, { now }).verify,
    );
    const token = await issueWith(here);
    await here.rotateSigningKeys();
    await Promise.all([verifyHere!(token), verifyThere!(token)]);
    await here.rotateSigningKeys({ withdrawOld: true });
    expect(await verdict(() => verifyHere!(token))).toBe("TOKEN_INVALID");
    expect(await kidsOf(here)).toHaveLength(1);
    const fresh = await issueWith(here);
    expect(await verdict(() => verifyHere!(fresh))).toBe("accepted");
    fixture.time += 30 * second;
    expect(await verdict(() => verifyThere!(token))).toBe("TOKEN_INVALID");
    expect(await verdict(() => verifyThere!(fresh))).toBe("accepted");
  });

  it("are withdrawn also by a process that read them before somebody else rotated", async () => {
    const [here, there] = [fixture.keys(), fixture.keys()];
    const token = await issueWith(here);
    expect(await verdictOf(there, token)).toBe("accepted");
    await here.rotateSigningKeys();
    await there.rotateSigningKeys({ withdrawOld: true });
    expect(await verdictOf(there, token)).toBe("TOKEN_INVALID");
  });

  it("are sealed in the table, and moved to another row they do not open", async () => {
    const { kid } = await fixture.keys().current();
    const [row] = await stored();
    const { x } = (await fixture.keys().published()).keys[0]!;
    expect(row!.sealed.includes(x!) || row!.sealed.includes('"d"')).toBe(false);
    await fixture.keys().rotateSigningKeys();
    await fixture.admin.query(
      "update tenantry.signing_key a set sealed_private_key = b.sealed_private_key from tenantry.signing_key b where a.kid = $1 and b.kid <> $1",
      [kid],
    );
    expect(await verdict(() => fixture.keys().current())).toBe("TOKEN_KEYS_UNAVAILABLE");
  });

  it("open with either of two secrets, and are sealed anew with the new one", async () => {
    const kid = await signer(fixture.keys());
    const secret = "a new secret, which takes over from the old one";
    const old = "the secret that the signing keys are sealed under";
    expect(await verdict(() => fixture.keys({ ring: createKeyRing(secret) }).current())).toBe(
      "TOKEN_KEYS_UNAVAILABLE",
    );
    expect(await signer(fixture.keys({ ring: createKeyRing([secret, old]) }))).toBe(kid);
    expect(await signer(fixture.keys({ ring: createKeyRing(secret) }))).toBe(kid);
    expect(await verdict(() => fixture.keys().current())).toBe("TOKEN_KEYS_UNAVAILABLE");
    expect(await kidsOf(fixture.keys())).toEqual([kid]);
  });

  it("that no secret opens are replaced by withdrawing them", async () => {
    await fixture.keys().current();
    const keys = fixture.keys({ ring: createKeyRing("a secret that was lost and made anew") });
    expect(await verdict(() => keys.current())).toBe("TOKEN_KEYS_UNAVAILABLE");
    await keys.rotateSigningKeys({ withdrawOld: true });
    expect(await verdictOf(keys, await issueWith(keys))).toBe("accepted");
  });

  it("are read once for all who ask, and again after 30 seconds", async () => {
    let queries = 0;
    const counting = {
      query(text: string, values: unknown[]) {
        queries += 1;
        return fixture.pool.query(text, values);
      },
    };
    await fixture.keys().current();
    const keys = fixture.keys({ database: counting });
    await Promise.all(Array.from({ length: 50 }, () => keys.published()));
    fixture.time += 30 * second - 1;
    await keys.published();
    expect(queries).toBe(1);
    fixture.time += 1;
    await keys.published();
    expect(queries).toBe(2);
  });

  it("are gone with the database after 30 seconds, and back with it", async () => {
    let up = true;
    const database = {
      query: (text: string, values: unknown[]) =>
        (up ? fixture.pool : noDatabase).query(text, values),
    };
    const keys = fixture.keys({ database });
    await keys.current();
    up = false;
    fixture.time += 29 * second;
    expect(await verdict(() => keys.current())).toBe("accepted");
    fixture.time += second;
    for (const ask of [keys.current, keys.published, keys.rotateSigningKeys]) {
      expect(await verdict(() => ask())).toBe("TOKEN_KEYS_UNAVAILABLE");
    }
    up = true;
    expect(await verdict(() => keys.current())).toBe("accepted");
  });
});

it.each([
  { algorithm: "RS256" as "ES256" },
  { rotateEvery: 3_600 },
  { publishAhead: 59 },
  { publishAhead: Number.NaN },
  { refreshEvery: 0 },
  { refreshEvery: 61 },
])("signing keys are refused the options %j", async (options) => {
  const create = async () => createSigningKeys({ database: noDatabase, ring, ...options });
  expect(await verdict(create)).toBe("CONFIG_INVALID");
});
