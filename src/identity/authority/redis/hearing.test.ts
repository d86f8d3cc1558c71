import fc from "fast-check";
import { beforeEach, expect, it } from "vitest";
import { createKeyRing } from "../../../core/seal/key-ring.js";
import type { AuthorityChange, AuthorityDoubt } from "../contract.js";
import { writeAuthorityPayload } from "../payload.js";
import { createHearing, type Hearing } from "./hearing.js";

const keys = createKeyRing("s".repeat(32));
const tenantId = "0198c0de-0000-7000-8000-00000000000a";
const accountId = "0198c0de-0000-7000-8000-00000000000b";
const version: AuthorityChange = { kind: "version", tenantId, accountId, version: 42 };
const denial: AuthorityChange = {
  kind: "denied",
  tenantId,
  tokenId: accountId,
  expiresAt: 1_800_000_000_000,
};
const signed = (change: AuthorityChange) => writeAuthorityPayload(change, keys);

let clock: number;
let changes: AuthorityChange[];
let doubts: (AuthorityDoubt | null)[];
let hearing: Hearing;

beforeEach(() => {
  [clock, changes, doubts] = [0, [], []];
  const listener = {
    changed: (change: AuthorityChange) => void changes.push(change),
    doubted: (doubt: AuthorityDoubt | null) => void doubts.push(doubt),
  };
  hearing = createHearing(keys, listener, () => clock);
});

it("takes a signed denial over, and a signed version for a doubt", () => {
  hearing.heard(signed(denial));
  hearing.heard(signed(version));
  expect(changes).toEqual([denial]);
  expect(doubts).toMatchObject([{ kind: "version", tenantId, accountId }]);
});

it("takes nothing twice, and nothing that the database told of", () => {
  hearing.known(signed(denial));
  for (const change of [denial, version, version]) hearing.heard(signed(change));
  expect([changes.length, doubts.length]).toEqual([0, 1]);
});

it("takes a version again where the database may have been restored", () => {
  hearing.heard(signed(version));
  hearing.forget();
  hearing.heard(signed(version));
  expect(doubts).toHaveLength(2);
});

it("takes an unsigned version for a doubt each time, up to a hundred in a second", () => {
  for (let i = 0; i < 500; i += 1) hearing.heard(`${tenantId}:${accountId}:1`);
  expect(doubts).toHaveLength(100);
  clock += 999;
  hearing.heard(`${tenantId}:${accountId}:1`);
  expect(doubts).toHaveLength(100);
  clock += 1;
  hearing.heard(`${tenantId}:${accountId}:1`);
  expect(doubts).toHaveLength(101);
});

it("takes what is signed however much was not", () => {
  for (let i = 0; i < 500; i += 1) hearing.heard(`${tenantId}:${accountId}:1`);
  hearing.heard(signed({ ...version, accountId: null }));
  expect(doubts.at(-1)).toMatchObject({ accountId: null });
});

it.each([
  ["an unsigned denial", signed(denial).replace(/(:[0-9a-f]+){2}$/, "")],
  ["a denial of another's key", writeAuthorityPayload(denial, createKeyRing("x".repeat(32)))],
  ["nothing", ""],
  ["junk", "x".repeat(100_000)],
])("makes nothing of %s", (_what, text) => {
  hearing.heard(text);
  expect([changes, doubts]).toEqual([[], []]);
});

it("believes nothing that was changed, and never throws", () => {
  const genuine = [signed(denial), signed(version)];
  const changed = fc
    .tuple(fc.constantFrom(...genuine), fc.nat(220), fc.constantFrom("", "0", "f", ":", "*", "\n"))
    .map(([text, at, put]) => text.slice(0, at) + put + text.slice(at + 1))
    .filter((text) => !genuine.includes(text));
  fc.assert(
    fc.property(fc.oneof(changed, fc.string()), (text) => {
      clock += 1_000;
      hearing.heard(text);
      expect(changes).toEqual([]);
      expect(doubts).not.toContain(null);
    }),
    { numRuns: 2_000 },
  );
});
