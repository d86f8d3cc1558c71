// How much Tenantry costs under Kysely and Drizzle: against each ORM bare, and with the way that is
// usual for row security today, a transaction with set_config.
//   npm run build && node bench/orm-kysely-drizzle.js [--orm Kysely --op point --concurrency 16 --rounds 7 --milliseconds 500 --write]
import { mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { and, eq, gt, sql as drizzleSql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import { bigint, integer, pgTable, text, uuid } from "drizzle-orm/pg-core";
import { Kysely, PostgresDialect, sql } from "kysely";
import pg from "pg";
import { drizzleTenancy } from "../dist/database/drizzle/index.js";
import { kyselyTenancy } from "../dist/database/kysely/index.js";
import { openBench, role, rowsPerTenant } from "./support/database.js";
import { interleave, ratios, summary } from "./support/measure.js";

const { values: options } = parseArgs({
  options: {
    orm: { type: "string", multiple: true, default: ["Kysely", "Drizzle"] },
    op: { type: "string", multiple: true, default: ["point", "list", "update", "insert"] },
    concurrency: { type: "string", multiple: true, default: ["1", "16", "64"] },
    rounds: { type: "string", default: "7" },
    milliseconds: { type: "string", default: "500" },
    write: { type: "boolean", default: false },
  },
});

const bench = await openBench();
const bare = new pg.Pool({ connectionString: bench.url, max: 10 });
// The server is stopped before its sockets have closed.
bare.on("error", () => {});
const tenantId = bench.ids[7];
const idOf = (/** @type {number} */ i) => 1 + (i % rowsPerTenant);
const rowOf = (/** @type {number} */ i) => ({ name: `item ${i}`, status: "open", amount: i });

/** @typedef {Record<string, (i: number) => Promise<unknown>>} Operations */

/**
 * @param {import("kysely").Kysely<any>} db @param {string} table
 * @param {boolean} filters whether the statement names the tenant itself
 * @returns {Operations}
 */
function kyselyOperations(db, table, filters) {
  const ofTenant = (/** @type {any} */ query) =>
    filters ? query.where("tenant_id", "=", tenantId) : query;
  const columns = ["id", "name", "status", "amount"];
  const tenant = filters ? { tenant_id: tenantId } : {};
  return {
    point: (i) =>
      ofTenant(db.selectFrom(table).select(columns)).where("id", "=", idOf(i)).executeTakeFirst(),
    list: (i) =>
      ofTenant(db.selectFrom(table).select(columns))
        .where("id", ">", i % rowsPerTenant)
        .orderBy("id")
        .limit(20)
        .execute(),
    update: (i) =>
      ofTenant(db.updateTable(table).set({ amount: i }))
        .where("id", "=", idOf(i))
        .execute(),
    insert: (i) =>
      db
        .insertInto(table)
        .values({ ...tenant, ...rowOf(i) })
        .execute(),
  };
}

/** @param {string} op @returns {Operations} */
function kyselyWays(op) {
  const dialect = (/** @type {any} */ pool) => new PostgresDialect({ pool });
  const plain = new Kysely({ dialect: dialect(bare) });
  const scoped = new Kysely({ dialect: dialect(bench.tenantry.db) });
  const extended = new Kysely({
    dialect: kyselyTenancy({
      dialect: dialect(bench.tenantry.db),
      pool: bench.tenantry.db,
      tables: ["items"],
    }),
  });
  return {
    bare: kyselyOperations(plain, "bare_items", true)[op],
    "transaction + set_config": (i) =>
      plain.transaction().execute(async (tx) => {
        await sql`select set_config('app.tenant', ${tenantId}, true)`.execute(tx);
        return kyselyOperations(tx, "usual_items", true)[op](i);
      }),
    "scoped pool": kyselyOperations(scoped, "items", false)[op],
    "scoped pool + extension": kyselyOperations(extended, "items", false)[op],
  };
}

const drizzleTable = (/** @type {string} */ name) =>
  pgTable(name, {
    tenantId: uuid("tenant_id")
      .notNull()
      .default(drizzleSql`tenantry.claimed_tenant()`),
    id: bigint({ mode: "number" }).generatedByDefaultAsIdentity(),
    name: text().notNull(),
    status: text().notNull(),
    amount: integer().notNull(),
  });

/** @param {any} db @param {any} table @param {boolean} filters @returns {Operations} */
function drizzleOperations(db, table, filters) {
  const where = (/** @type {any} */ condition) =>
    filters ? and(eq(table.tenantId, tenantId), condition) : condition;
  const { id, name, status, amount } = table;
  const columns = { id, name, status, amount };
  const tenant = filters ? { tenantId } : {};
  return {
    point: async (i) =>
      await db
        .select(columns)
        .from(table)
        .where(where(eq(id, idOf(i)))),
    list: async (i) =>
      await db
        .select(columns)
        .from(table)
        .where(where(gt(id, i % rowsPerTenant)))
        .orderBy(id)
        .limit(20),
    update: async (i) =>
      await db
        .update(table)
        .set({ amount: i })
        .where(where(eq(id, idOf(i)))),
    insert: async (i) => await db.insert(table).values({ ...tenant, ...rowOf(i) }),
  };
}

/** @param {string} op @returns {Operations} */
function drizzleWays(op) {
  const [items, bareItems, usualItems] = ["items", "bare_items", "usual_items"].map(drizzleTable);
  const client = /** @type {any} */ (bench.tenantry.db);
  const plain = drizzle({ client: bare });
  const extended = drizzleTenancy(drizzle({ client }), { sql: drizzleSql, tables: [items] });
  return {
    bare: drizzleOperations(plain, bareItems, true)[op],
    "transaction + set_config": (i) =>
      plain.transaction(async (tx) => {
        await tx.execute(drizzleSql`select set_config('app.tenant', ${tenantId}, true)`);
        return drizzleOperations(tx, usualItems, true)[op](i);
      }),
    "scoped pool": drizzleOperations(drizzle({ client }), items, false)[op],
    "scoped pool + extension": drizzleOperations(extended, items, false)[op],
  };
}

const waysOf = { Kysely: kyselyWays, Drizzle: drizzleWays };
const results = [];
for (const op of options.op) {
  for (const concurrency of options.concurrency.map(Number)) {
    for (const orm of options.orm) await run(orm, op, concurrency);
  }
}
await bare.end();
await bench.close();
if (options.write) write();

/** @param {string} orm @param {string} op @param {number} concurrency */
async function run(orm, op, concurrency) {
  const settings = {
    concurrency,
    rounds: Number(options.rounds),
    milliseconds: Number(options.milliseconds),
    role,
  };
  const samples = await bench.tenantry.enter(tenantId, { reason: "benchmark" }, () =>
    interleave(waysOf[orm](op), settings),
  );
  for (const [way, taken] of Object.entries(samples)) {
    const microseconds = summary(taken.map(({ wall }) => wall)).median;
    const ratio = ratios(taken, samples["bare"]);
    const node = summary(taken.map((s) => s.node)).median;
    const server = summary(taken.map((s) => s.server)).median;
    results.push({ orm, op, concurrency, way, microseconds, ratio, node, server });
    console.log(
      `${orm.padEnd(8)}${op.padEnd(7)}${String(concurrency).padStart(3)}  ${way.padEnd(25)}${microseconds.toFixed(1).padStart(9)} µs  × ${ratio.median.toFixed(2)} (${ratio.low.toFixed(2)}–${ratio.high.toFixed(2)})  cpu µs: node ${node.toFixed(0)}, server ${server.toFixed(0)}`,
    );
  }
}

function write() {
  const { dependencies, devDependencies } = createRequire(import.meta.url)("../package.json");
  const version = (/** @type {string} */ name) => dependencies[name] ?? devDependencies[name];
  const date = new Date().toISOString().slice(0, 10);
  const about = `PostgreSQL ${bench.version}, pg ${version("pg")}, Kysely ${version("kysely")}, Drizzle ${version("drizzle-orm")}, Node ${process.version}, ${cpus().length} × ${cpus()[0].model}, loopback, pool of 10, ${options.rounds} interleaved rounds of ${options.milliseconds} ms`;
  const rows = results.map(
    ({ orm, op, concurrency, way, microseconds, ratio, node, server }) =>
      `| ${orm} | ${op} | ${concurrency} | ${way} | ${microseconds.toFixed(1)} | ${ratio.median.toFixed(2)} | ${ratio.low.toFixed(2)}–${ratio.high.toFixed(2)} | ${node.toFixed(0)} | ${server.toFixed(0)} |`,
  );
  const path = new URL("results/orm-kysely-drizzle.md", import.meta.url);
  mkdirSync(new URL(".", path), { recursive: true });
  writeFileSync(
    path,
    `# Kysely and Drizzle on the scoped pool (${date})\n\n${about}.\n\nTime per operation at the given concurrency; the ratio is against the bare ORM of the same round, which names the tenant in its statements.\n\n| ORM | operation | concurrency | way | µs | ratio | spread | node cpu µs | server cpu µs |\n|---|---|---|---|---|---|---|---|---|\n${rows.join("\n")}\n`,
  );
  console.log(`written to ${path.pathname}`);
}
