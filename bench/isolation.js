// What audit and prove take on schemas of many tables.
//   npm run build && node bench/isolation.js [--rounds 3 --tables 60 --tables 130 --tables 400 --write]
import pg from "pg";
import { audit } from "../dist/isolation/audit/audit.js";
import { prove } from "../dist/isolation/prover/prove.js";
import { syntheticSchema } from "../test/isolation/support/synthetic-schema.js";
import { openServer, urlFor } from "./support/database.js";
import { serverCpu } from "./support/cpu.js";
import { summary } from "./support/measure.js";
import { readOptions } from "./support/options.js";
import { writeResult } from "./support/results.js";

const options = readOptions(
  { rounds: 3, milliseconds: 0, concurrency: [1] },
  { tables: { type: "string", multiple: true, default: ["60", "130", "400"] } },
);
const role = "tenantry_bench_isolation";
const subject = { appRoles: [role], root: "organizations" };
const lines = [
  "| tables | audit, s | prove, s | processor of it: Node, s | server, s | statements | findings | not proven |",
  "| --- | --- | --- | --- | --- | --- | --- | --- |",
];

const server = await openServer();
const admin = new pg.Client(urlFor(server.url, "postgres"));
await admin.connect();
await admin.query(
  `do $$ begin if not exists (select from pg_roles where rolname = '${role}') then create role ${role}; end if; end $$`,
);
const { rows } = await admin.query("show server_version");
for (const tables of options.tables.map(Number)) await measure(tables);
await admin.query(`drop role ${role}`);
await admin.end();
await server.stop();

const text = lines.join("\n");
process.stdout.write(`${text}\n`);
writeResult(
  { ...options, milliseconds: undefined },
  {
    name: "isolation",
    title: "Audit and prove on schemas of many tables",
    about: [`PostgreSQL ${rows[0].server_version.split(" ")[0]}`],
    text,
  },
);

/** @param {number} tables partitions included; 30 views come on top at most */
async function measure(tables) {
  const name = `tenantry_bench_isolation_${tables}`;
  await admin.query(`drop database if exists ${name} with (force)`);
  await admin.query(`create database ${name}`);
  const url = urlFor(server.url, name);
  const client = new pg.Client(url);
  await client.connect();
  await client.query(syntheticSchema({ tables, seed: 1, role }).sql);
  const { report, statements, node, backend } = await counted(client, name);
  await client.end();
  const seconds = { audit: [], prove: [] };
  for (let round = 0; round < options.rounds; round++) {
    seconds.audit.push((await audit(url, subject)).milliseconds / 1000);
    seconds.prove.push((await prove(url, subject)).milliseconds / 1000);
  }
  await admin.query(`drop database ${name} with (force)`);
  const [auditing, proving] = [seconds.audit, seconds.prove].map((all) =>
    summary(all).median.toFixed(1),
  );
  const unproven = report.unproven.length;
  lines.push(
    `| ${tables} | ${auditing} | ${proving} | ${node} | ${backend} | ${statements} | ${report.findings.length} | ${unproven} |`,
  );
}

/**
 * A proof that warms up, with how often it waited for the server, and what it cost. A backend's title
 * names its database as it names its role.
 * @param {pg.Client} client @param {string} database
 */
async function counted(client, database) {
  let statements = 0;
  const counting = {
    query: (...given) => {
      statements += 1;
      return client.query(...given);
    },
  };
  const before = process.cpuUsage();
  const report = await prove(counting, subject);
  const { user, system } = process.cpuUsage(before);
  const toSeconds = (microseconds) => (microseconds / 1e6).toFixed(1);
  return {
    report,
    statements,
    node: toSeconds(user + system),
    backend: toSeconds(serverCpu(database)),
  };
}
