// How much the scoped pool costs against bare pg and against today's usual way.
//   npm run bench [-- --op point --concurrency 16 --rounds 7 --milliseconds 500 --write]
import pg from "pg";
import { openBench, role, rowsPerTenant } from "./support/database.js";
import { interleave, ratios, summary } from "./support/measure.js";
import { readOptions } from "./support/options.js";
import { versionOf, writeResult } from "./support/results.js";

const options = readOptions(
  { rounds: 7, milliseconds: 500, concurrency: [1, 16, 64] },
  { op: { type: "string", multiple: true } },
);

const bench = await openBench();
const bare = new pg.Pool({ connectionString: bench.url, max: 10 });
// The server is stopped before its sockets have closed.
bare.on("error", () => {});

/** @type {Record<string, { text: string, values: (i: number) => unknown[] }>} `TENANT` is where a bare statement filters */
const operations = {
  point: {
    text: "select id, name, status, amount from TABLE where TENANT id = $1",
    values: (i) => [1 + (i % rowsPerTenant)],
  },
  list: {
    text: "select id, name, status, amount from TABLE where TENANT id > $1 order by id limit 20",
    values: (i) => [i % rowsPerTenant],
  },
  count: {
    text: "select count(*) from TABLE where TENANT status = $1",
    values: () => ["open"],
  },
  update: {
    text: "update TABLE set amount = $2 where TENANT id = $1",
    values: (i) => [1 + (i % rowsPerTenant), i],
  },
  // Last, because it makes the tables grow, each as fast as its way is.
  insert: {
    text: "insert into TABLE (TENANT name, status, amount) values (TENANTVALUE $1, 'open', $2)",
    values: (i) => [`item ${i}`, i],
  },
};

/** @param {string} text @param {string} table */
function scopedText(text, table) {
  return text.replace("TABLE", table).replace("TENANT ", "").replace("TENANTVALUE ", "");
}

/** @param {string} text @param {number} parameters how many the statement has already */
function bareText(text, parameters, table = "bare_items") {
  const tenant = `$${parameters + 1}`;
  return text
    .replace("TABLE", table)
    .replace("(TENANT ", "(tenant_id, ")
    .replace("TENANTVALUE ", `${tenant}, `)
    .replace("TENANT ", `tenant_id = ${tenant} and `);
}

/** @param {string} name @param {string} id */
function waysOf(name, id) {
  const { text, values } = operations[name];
  const parameters = values(1).length;
  const explicit = bareText(text, parameters);
  const scoped = scopedText(text, "items");
  const usual = bareText(text, parameters, "usual_items");
  return {
    "bare pg, unnamed": (i) => bare.query(explicit, [...values(i), id]),
    "bare pg, named": (i) => bare.query({ name, text: explicit, values: [...values(i), id] }),
    "BEGIN + set_config + COMMIT": async (i) => {
      const client = await bare.connect();
      try {
        await client.query("begin");
        await client.query("select set_config('app.tenant', $1, true)", [id]);
        await client.query(usual, [...values(i), id]);
        await client.query("commit");
      } finally {
        client.release();
      }
    },
    "tenantry scoped pool": (i) => bench.tenantry.db.query(scoped, values(i)),
  };
}

const results = [];
const tenantId = bench.ids[7];
for (const name of options.op ?? Object.keys(operations)) {
  for (const concurrency of options.concurrency) {
    const ways = waysOf(name, tenantId);
    const samples = await bench.tenantry.enter(tenantId, { reason: "benchmark" }, () =>
      interleave(ways, { ...options, concurrency, role }),
    );
    const base = samples["bare pg, unnamed"];
    for (const [way, taken] of Object.entries(samples)) {
      const row = {
        operation: name,
        concurrency,
        way,
        microseconds: summary(taken.map(({ wall }) => wall)).median,
        ratio: ratios(taken, base),
        node: summary(taken.map(({ node }) => node)).median,
        server: summary(taken.map(({ server }) => server)).median,
      };
      results.push(row);
      console.log(line(row));
    }
  }
}
await bare.end();
await bench.close();
writeResult(options, {
  name: `scoped-pool-pg${bench.version.split(".")[0]}`,
  title: "Scoped pool against bare pg",
  about: [`PostgreSQL ${bench.version}`, versionOf("pg"), "pool of 10"],
  text: table(),
});

function line(row) {
  const { median, low, high } = row.ratio;
  return [
    row.operation.padEnd(6),
    String(row.concurrency).padStart(3),
    row.way.padEnd(28),
    `${row.microseconds.toFixed(1).padStart(8)} µs`,
    `× ${median.toFixed(2)} (${low.toFixed(2)}–${high.toFixed(2)})`,
    `cpu: node ${row.node.toFixed(0)} + server ${row.server.toFixed(0)} µs`,
  ].join("  ");
}

function table() {
  const rows = results.map(
    ({ operation, concurrency, way, microseconds, ratio, node, server }) =>
      `| ${operation} | ${concurrency} | ${way} | ${microseconds.toFixed(1)} | ${ratio.median.toFixed(2)} | ${ratio.low.toFixed(2)}–${ratio.high.toFixed(2)} | ${node.toFixed(0)} | ${server.toFixed(0)} |`,
  );
  return `Time per operation at the given concurrency; the ratio is against "bare pg, unnamed" of the same round. Processor time is per operation, of the Node process and of the server's backends.\n\n| operation | concurrency | way | µs | ratio | spread | node cpu µs | server cpu µs |\n|---|---|---|---|---|---|---|---|\n${rows.join("\n")}`;
}
