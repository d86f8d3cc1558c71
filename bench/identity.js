// What identity costs whoever uses it: a request with a token, an exchange, a refresh, a sign-in.
//   npm run build && node bench/identity.js [--concurrency 16 --rounds 7 --milliseconds 500 --write]
import { loadavg } from "node:os";
import { createKeyRing } from "../dist/core/seal/key-ring.js";
import { createPasswordHasher } from "../dist/identity/password/hasher.js";
import { createRequestResolver } from "../dist/resolver/resolve-request.js";
import { fromHost } from "../dist/index.js";
import { openBench, secret } from "./support/database.js";
import { identityRole, openIdentityBench, password } from "./support/identity.js";
import { interleave, ratios, summary } from "./support/measure.js";
import { readOptions } from "./support/options.js";
import { versionOf, writeResult } from "./support/results.js";

const options = readOptions({ rounds: 7, milliseconds: 500, concurrency: [1, 16] }, {});
const bench = await openBench();
const { identity, tenant, members, caller, device } = await openIdentityBench(bench, 32);
const hasher = createPasswordHasher();
const passwordHash = await hasher.hash(password);
await Promise.all(
  members.map(({ id: accountId }) =>
    identity.accounts.setPassword(
      { accountId, passwordHash, because: "rehashed", keepSessionId: null },
      caller,
    ),
  ),
);

const shared = {
  lookup: bench.tenantry.tenants,
  keys: createKeyRing(secret),
  events: () => {},
};
const hosts = { baseDomain: "example.com" };
const byHost = createRequestResolver({ ...shared, resolvers: [fromHost(hosts)] });
const byToken = createRequestResolver({
  ...shared,
  resolvers: [fromHost(hosts), identity.fromCredentials({ required: true })],
});
const entered = await Promise.all(
  members.map(({ sessionToken }) => identity.exchange.enter(sessionToken, tenant, device)),
);
const refreshTokens = entered.map(({ refreshToken }) => refreshToken);
const free = members.map((_, i) => i);
const request = (/** @type {string | null} */ token) => ({
  method: "GET",
  target: "/projects",
  headers: [
    ["host", `${tenant.slug}.example.com`],
    ...(token === null ? [] : [["authorization", `Bearer ${token}`]]),
  ],
  remoteAddress: null,
});
const anonymous = request(null);
const authenticated = entered.map(({ accessToken }) => request(accessToken));
const key = await apiKey();

/** Groups whose members are compared with the first. */
const groups = {
  "a request": {
    "its tenant by host": () => byHost.resolve(anonymous),
    "and its user by token": (i) => byToken.resolve(authenticated[i % members.length]),
    "and its program by key": () => byToken.resolve(request(key)),
  },
  "a grant": {
    "two point selects": async () => {
      await identity.accounts.find(members[0].id);
      await identity.members.find(tenant, members[0].id);
    },
    exchange: (i) =>
      identity.exchange.enter(members[i % members.length].sessionToken, tenant, device),
    refresh: async () => {
      const i = free.pop();
      const { refreshToken } = await identity.exchange.refresh(refreshTokens[i], tenant, device);
      refreshTokens[i] = refreshToken;
      free.push(i);
    },
  },
  "a sign-in": {
    "argon2id alone": () => hasher.verify(password, passwordHash),
    "sign-in": (i) =>
      identity.signIn.signIn({ email: members[i % members.length].email, password }, caller),
  },
};

const results = [];
for (const [group, ways] of Object.entries(groups)) {
  for (const concurrency of options.concurrency) {
    const samples = await interleave(ways, { ...options, concurrency, role: identityRole });
    const [base] = Object.values(samples);
    for (const [way, taken] of Object.entries(samples)) {
      const row = {
        group,
        concurrency,
        way,
        microseconds: summary(taken.map(({ wall }) => wall)).median,
        ratio: ratios(taken, base),
        node: summary(taken.map(({ node }) => node)).median,
      };
      results.push(row);
      console.log(line(row));
    }
  }
}
await identity.close();
await bench.close();
writeResult(options, {
  name: `identity-pg${bench.version.split(".")[0]}`,
  title: "What identity costs",
  about: [
    `PostgreSQL ${bench.version}`,
    versionOf("pg"),
    versionOf("jose"),
    `32 members, argon2id with the default cost`,
    `load average ${loadavg()[0].toFixed(1)}`,
  ],
  text: table(),
});

async function apiKey() {
  const by = { accountId: await ownerOf(), caller };
  const wanted = { name: "bench", permissions: ["members:read"] };
  return (await identity.apiKeys.create(tenant, wanted, by)).text;
}

async function ownerOf() {
  const address = "owner@example.test";
  const { id } = await identity.accounts.create(
    { email: { address, key: address }, passwordHash: null, emailVerified: true },
    caller,
  );
  await identity.members.admit(tenant, { accountId: id, role: "owner" }, caller);
  return id;
}

function line({ group, concurrency, way, microseconds, ratio, node }) {
  return [
    group.padEnd(10),
    String(concurrency).padStart(3),
    way.padEnd(24),
    `${microseconds.toFixed(1).padStart(9)} µs`,
    `× ${ratio.median.toFixed(2)} (${ratio.low.toFixed(2)}–${ratio.high.toFixed(2)})`,
    `cpu: node ${node.toFixed(0)} µs`,
  ].join("  ");
}

function table() {
  const rows = results.map(
    ({ group, concurrency, way, microseconds, ratio, node }) =>
      `| ${group} | ${concurrency} | ${way} | ${microseconds.toFixed(1)} | ${ratio.median.toFixed(2)} | ${ratio.low.toFixed(2)}–${ratio.high.toFixed(2)} | ${node.toFixed(0)} |`,
  );
  return [
    "Time per operation at the given concurrency; the ratio is against the first way of the group in the same round. A request's token was seen before, as most are; whether it is stale is asked of memory. A key asks the database each time. An exchange and a refresh are two round trips, of which one writes and waits for the disk.",
    "",
    "| | concurrency | way | µs | ratio | spread | node cpu µs |",
    "|---|---|---|---|---|---|---|",
    ...rows,
  ].join("\n");
}
