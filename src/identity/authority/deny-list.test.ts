import { beforeEach, expect, it } from "vitest";
import { createDenyList, type Denial, type DenyList } from "./deny-list.js";

// What PostgreSQL is asked and told is tested in test/identity; here only what depends on the time.

const tenantId = "0198c0de-0000-7000-8000-00000000000a";
const hour = 3_600_000;
let clock: number;
let stored: Denial[];
let pages: number;
let list: DenyList;

const denial = (tokenId: string, expiresAt: number): Denial => ({ tenantId, tokenId, expiresAt });

beforeEach(() => {
  clock = 1_800_000_000_000;
  stored = [];
  pages = 0;
  const source = {
    page: async () => {
      pages += 1;
      return stored;
    },
    one: async (_: string, tokenId: string) =>
      stored.find((one) => one.tokenId === tokenId)?.expiresAt ?? null,
  };
  const settings = { maxDenied: 3, now: () => clock };
  list = createDenyList(
    source,
    () => true,
    settings,
    () => clock,
  );
});

it("forgets a denial a while after its token would have expired, and not before", async () => {
  expect(await list.read(tenantId, "other")).toBe(false);
  list.add(denial("a", clock + hour));
  clock += hour + 9_000;
  list.add(denial("b", clock + hour));
  expect([list.known(tenantId, "a"), list.size]).toEqual([true, 2]);
  clock += 10_001;
  list.add(denial("c", clock + hour));
  expect([list.known(tenantId, "a"), list.size]).toEqual([false, 2]);
});

it("keeps no denial that is over already", () => {
  list.add(denial("a", clock - 10_001));
  expect(list.size).toBe(0);
});

it("takes the later of two times for one token", () => {
  list.add(denial("a", clock + hour));
  list.add(denial("a", clock + 1));
  clock += hour;
  list.add(denial("b", clock + hour));
  expect(list.known(tenantId, "a")).toBe(true);
});

it("has the database asked about each while there are too many, and reads all once there is room", async () => {
  stored = ["a", "b", "c", "d"].map((id) => denial(id, clock + 1_000));
  expect(await list.read(tenantId, "other")).toBe(false);
  expect([list.size, list.known(tenantId, "other"), list.known(tenantId, "d")]).toEqual([
    3,
    undefined,
    undefined,
  ]);
  expect([await list.read(tenantId, "d"), pages]).toEqual([true, 1]);
  clock += 30_001;
  stored = [denial("e", clock + hour)];
  expect(await list.read(tenantId, "other")).toBe(false);
  expect([list.known(tenantId, "other"), list.known(tenantId, "e"), pages]).toEqual([
    false,
    true,
    2,
  ]);
});

it("trusts no list that was full when one more was announced", async () => {
  stored = ["a", "b", "c"].map((id) => denial(id, clock + hour));
  expect(await list.read(tenantId, "other")).toBe(false);
  list.add(denial("d", clock + 1));
  clock += 30_001;
  expect(list.known(tenantId, "other")).toBeUndefined();
});
