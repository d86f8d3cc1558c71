// What it costs to ask at every request whether an access token is still true, from memory.
//   npm run build && node bench/authority.js [--rounds 9 --milliseconds 300 --write]
// No database takes part: what it would say once is made up.
import { randomUUID } from "node:crypto";
import { createAuthority } from "../dist/identity/authority/index.js";
import { summary } from "./support/measure.js";
import { readOptions } from "./support/options.js";
import { writeResult } from "./support/results.js";

const options = readOptions({ rounds: 9, milliseconds: 300, concurrency: [1] }, {});
const nobody = { changed() {}, doubted() {}, missed() {} };

const ways = {
  "an async function that does nothing": await nothing(),
  "assertCurrent, 1 member": await asked(1, 0),
  "assertCurrent, 1 000 members": await asked(1_000, 0),
  "assertCurrent, 1 000 members, 1 000 denied tokens": await asked(1_000, 1_000),
  "assertCurrent, 50 000 members, 100 000 denied tokens": await asked(50_000, 100_000),
};

/** @type {Record<string, number[]>} */
const samples = Object.fromEntries(Object.keys(ways).map((name) => [name, []]));
for (let round = 0; round <= options.rounds; round++) {
  for (const [name, way] of Object.entries(ways)) {
    const taken = await measure(way, options.milliseconds);
    // The first warms up.
    if (round > 0) samples[name].push(taken);
  }
}
const lines = ["| way | ns a call |", "| --- | --- |"];
for (const [name, taken] of Object.entries(samples)) {
  lines.push(`| ${name} | ${summary(taken).median.toFixed(0)} |`);
}
const text = lines.join("\n");
process.stdout.write(`${text}\n`);
writeResult(options, {
  name: "authority",
  title: "Asking whether an access token is still true",
  about: [],
  text,
});

/** @param {(i: number) => Promise<unknown>} way @param {number} milliseconds @returns nanoseconds a call */
async function measure(way, milliseconds) {
  let count = 0;
  const began = performance.now();
  const end = began + milliseconds;
  while (performance.now() < end) {
    // Many between two looks at the clock, which costs something as well.
    for (let i = 0; i < 1_000; i++) await way((count += 1));
  }
  return ((performance.now() - began) * 1e6) / count;
}

async function nothing() {
  return async () => {};
}

/** @param {number} members @param {number} denied */
async function asked(members, denied) {
  let listener = nobody;
  const feed = {
    state: /** @type {const} */ ("up"),
    subscribe: (/** @type {typeof nobody} */ given) => {
      listener = given;
      return () => {};
    },
    close: async () => {},
  };
  const authority = createAuthority({
    feed,
    database: {
      query: async () => ({ rows: [] }),
      inTenant: async () => ({ rows: [{ isActive: true, version: "7", tenantVersion: "0" }] }),
    },
    tenants: { find: async ({ value }) => ({ id: value, status: "active" }) },
    events: () => {},
  });
  const all = Array.from({ length: members }, claims);
  for (const one of all) await authority.assertCurrent(one);
  for (let i = 0; i < denied; i++) {
    const expiresAt = Date.now() + 3_600_000;
    listener.changed({
      kind: "denied",
      tenantId: all[0].tenantId,
      tokenId: randomUUID(),
      expiresAt,
    });
  }
  return (/** @type {number} */ i) => authority.assertCurrent(all[i % members]);
}

function claims() {
  return {
    tenantId: randomUUID(),
    accountId: randomUUID(),
    tokenId: randomUUID(),
    membershipVersion: 7,
    tenantVersion: 0,
  };
}
