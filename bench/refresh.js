// What a refresh of a grant costs, rotated and repeated, against two point selects through the same pool.
//   npm run build && node bench/refresh.js [--concurrency 16 --rounds 9 --milliseconds 500 --write]
import { randomBytes, randomUUID } from "node:crypto";
import { loadavg } from "node:os";
import pg from "pg";
import { createKeyRing } from "../dist/core/seal/key-ring.js";
import { createGrantDatabase, createGrants } from "../dist/identity/grant/index.js";
import { openIdentityDatabase } from "../dist/identity/identity-database.js";
import { openBench, secret } from "./support/database.js";
import { interleave, ratios, summary } from "./support/measure.js";
import { readOptions } from "./support/options.js";
import { versionOf, writeResult } from "./support/results.js";

const options = readOptions({ rounds: 9, milliseconds: 500, concurrency: [1, 16] }, {});
const families = 64;
const role = "tenantry_bench_identity";
const device = { client: null, address: "192.0.2.7", userAgent: "bench" };

const bench = await openBench();
const tenantId = bench.ids[7];
const keys = createKeyRing(secret);
const database = openIdentityDatabase({
  url: await identityUrl(),
  defaultPg: pg,
  keys,
  events: () => {},
});
const inTenant = createGrantDatabase(database, bench.tenantry.tenants);
let statements = 0;
const counted = {
  query(...given) {
    statements += 1;
    return inTenant.query(...given);
  },
};
const grants = createGrants({ database: counted, keys, events: () => {} });

const started = await Promise.all(Array.from({ length: families }, startGrant));
/** The newest token of each family; a family is used by one worker at a time. */
const newest = started.map(({ refreshToken }) => refreshToken);
const free = newest.map((_, i) => i);
const parents = await Promise.all(
  Array.from({ length: families }, async () => {
    const { refreshToken } = await startGrant();
    await refresh(refreshToken);
    return refreshToken;
  }),
);
// As the server does it by itself within a minute: a plan for an empty table reads the whole index.
await asAdmin((client) => client.query("vacuum analyze"));
// What is measured is the answer within the grace, so the grace lasts as long as the measurement.
const patient = createGrants({ database: counted, keys, events: () => {}, graceSeconds: 300 });

const ways = {
  "two point selects": async () => {
    await inTenant.query(tenantId, "select 1 from tenantry.tenant_grant where id = $1", [tenantId]);
    await inTenant.query(tenantId, "select 1 from tenantry.tenant_grant where id = $1", [tenantId]);
  },
  "refresh, rotated": async () => {
    const family = free.pop();
    newest[family] = await refresh(newest[family]);
    free.push(family);
  },
  "refresh, repeated": async (i) => {
    const result = await patient.refresh(parents[i % families], { tenantId, ...device });
    if (result.outcome !== "repeated") throw new Error(`it was ${result.outcome}`);
  },
};

const trips = {};
for (const [way, work] of Object.entries(ways)) {
  statements = 0;
  for (let i = 0; i < 20; i++) await work(i);
  trips[way] = way.startsWith("refresh") ? statements / 20 : 2;
}

const results = [];
for (const concurrency of options.concurrency) {
  const samples = await interleave(ways, { ...options, concurrency, role });
  const base = samples["two point selects"];
  for (const [way, taken] of Object.entries(samples)) {
    const row = {
      concurrency,
      way,
      trips: trips[way],
      microseconds: summary(taken.map(({ wall }) => wall)).median,
      ratio: ratios(taken, base),
      node: summary(taken.map(({ node }) => node)).median,
      server: summary(taken.map(({ server }) => server)).median,
    };
    results.push(row);
    console.log(line(row));
  }
}
await database.close();
await bench.close();
writeResult(options, {
  name: `refresh-pg${bench.version.split(".")[0]}`,
  title: "Refreshing a grant",
  about: [
    `PostgreSQL ${bench.version}`,
    versionOf("pg"),
    `pool of 10, ${families} grants`,
    `load average ${loadavg()[0].toFixed(1)}`,
  ],
  text: table(),
});

async function refresh(token) {
  const result = await grants.refresh(token, { tenantId, ...device });
  if (result.outcome !== "rotated") throw new Error(`it was ${result.outcome}`);
  return result.refreshToken;
}

async function identityUrl() {
  const url = new URL(bench.url);
  url.username = role;
  await asAdmin((client) =>
    client.query(`do $$ begin
      if not exists (select from pg_roles where rolname = '${role}') then create role ${role}; end if;
      alter role ${role} login password '${url.password}';
      grant tenantry_identity to ${role};
    end $$`),
  );
  return url.href;
}

async function startGrant() {
  const [accountId, sessionId] = [randomUUID(), randomUUID()];
  await asAdmin(async (client) => {
    await client.query(
      "insert into tenantry.account (id, email, email_key) values ($1::uuid, $1::text, $1::text)",
      [accountId],
    );
    await client.query(
      `insert into tenantry.session (id, account_id, token_hash, methods, authenticated_at, idle_expires_at, expires_at)
       values ($1, $2, $3, '{pwd}', now(), now() + interval '7 days', now() + interval '30 days')`,
      [sessionId, accountId, randomBytes(32)],
    );
    await client.query(
      "insert into tenantry.membership (tenant_id, account_id, role, version) values ($1, $2, 'member', 0)",
      [tenantId, accountId],
    );
  });
  return grants.start({ tenantId, accountId, sessionId, ...device });
}

async function asAdmin(work) {
  const client = new pg.Client(bench.adminUrl);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function line({ concurrency, way, trips, microseconds, ratio, node, server }) {
  return [
    String(concurrency).padStart(3),
    way.padEnd(20),
    `${trips} round trips`,
    `${microseconds.toFixed(1).padStart(8)} µs`,
    `${Math.round(1e6 / microseconds)
      .toString()
      .padStart(6)}/s`,
    `× ${ratio.median.toFixed(2)} (${ratio.low.toFixed(2)}–${ratio.high.toFixed(2)})`,
    `cpu: node ${node.toFixed(0)} + server ${server.toFixed(0)} µs`,
  ].join("  ");
}

function table() {
  const rows = results.map(
    ({ concurrency, way, trips, microseconds, ratio, node, server }) =>
      `| ${concurrency} | ${way} | ${trips} | ${microseconds.toFixed(1)} | ${Math.round(1e6 / microseconds)} | ${ratio.median.toFixed(2)} | ${ratio.low.toFixed(2)}–${ratio.high.toFixed(2)} | ${node.toFixed(0)} | ${server.toFixed(0)} |`,
  );
  return [
    "Time per operation at the given concurrency; the ratio is against two point selects through the same scoped pool in the same round, which is what two round trips cost at least. A rotation writes the grant and its event, and waits for the commit to reach the disk; a repeat only reads. Processor time is per operation.",
    "",
    "| concurrency | way | round trips | µs | per second | ratio | spread | node cpu µs | server cpu µs |",
    "|---|---|---|---|---|---|---|---|---|",
    ...rows,
  ].join("\n");
}
