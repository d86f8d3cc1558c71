// Prisma on the scoped pool against bare Prisma and against the way its documentation shows.
//   npm run build && node bench/orm-prisma.js [--op point --concurrency 16 --rounds 7 --milliseconds 500 --write]
import { PrismaPg } from "@prisma/adapter-pg";
import pg from "pg";
import { keepScopesApart, tenantryPrisma } from "../dist/database/prisma/index.js";
import { openBench, role, rowsPerTenant } from "./support/database.js";
import { interleave, ratios, summary } from "./support/measure.js";
import { readOptions } from "./support/options.js";
import { prismaClient } from "./support/prisma-client.js";
import { versionOf, writeResult } from "./support/results.js";

const options = readOptions(
  { rounds: 7, milliseconds: 500, concurrency: [1, 16, 64] },
  { op: { type: "string", multiple: true } },
);

const PrismaClient = await prismaClient();
const bench = await openBench();
const tenantId = bench.ids[7];
const pool = new pg.Pool({ connectionString: bench.url, max: 10 });
// The server is stopped before its sockets have closed.
pool.on("error", () => {});

const bare = new PrismaClient({ adapter: new PrismaPg(pool) });
const guarded = new PrismaClient({ adapter: new PrismaPg(pool) });
/** As Prisma's documentation has it for row security: each query in a batch with set_config. */
const published = guarded.$extends({
  query: {
    $allModels: {
      async $allOperations({ args, query }) {
        const [, result] = await guarded.$transaction([
          guarded.$executeRaw`select set_config('app.tenant', ${tenantId}, true)`,
          query(args),
        ]);
        return result;
      },
    },
  },
});
const scoped = keepScopesApart(new PrismaClient({ adapter: new PrismaPg(bench.tenantry.db) }));
const extended = scoped.$extends(tenantryPrisma({ tenantModels: "all" }));

/** `model` is the delegate; `tenant` the condition that a client without row security needs. */
const operations = {
  point: (model, tenant) => (i) =>
    model.findFirst({ where: { ...tenant, id: 1 + (i % rowsPerTenant) } }),
  unique: (model) => (i) =>
    model.findUnique({ where: { tenantId_id: { tenantId, id: 1 + (i % rowsPerTenant) } } }),
  list: (model, tenant) => (i) =>
    model.findMany({
      where: { ...tenant, id: { gt: i % rowsPerTenant } },
      orderBy: { id: "asc" },
      take: 20,
    }),
  update: (model) => (i) =>
    model.update({
      where: { tenantId_id: { tenantId, id: 1 + (i % rowsPerTenant) } },
      data: { amount: i },
    }),
  transaction: (model, tenant, client) => async (i) =>
    client.$transaction(async (tx) => {
      const id = 1 + (i % rowsPerTenant);
      await tx[model.$name[0].toLowerCase() + model.$name.slice(1)].findFirst({
        where: { ...tenant, id },
      });
    }),
};

function waysOf(name) {
  const operation = operations[name];
  const ways = {
    "bare Prisma": operation(bare.bareItem, { tenantId }, bare),
    "Prisma's published extension": operation(published.usualItem, {}, published),
    "Prisma on the scoped pool": operation(scoped.item, {}, scoped),
    "with tenantryPrisma": operation(extended.item, {}, extended),
  };
  // Inside an interactive transaction it would open another one for each query.
  if (name === "transaction") delete ways["Prisma's published extension"];
  return ways;
}

const results = [];
for (const name of options.op ?? Object.keys(operations)) {
  for (const concurrency of options.concurrency) {
    const ways = waysOf(name);
    const samples = await bench.tenantry.enter(tenantId, { reason: "benchmark" }, () =>
      interleave(ways, { ...options, concurrency, role }),
    );
    for (const [way, taken] of Object.entries(samples)) {
      const row = {
        operation: name,
        concurrency,
        way,
        microseconds: summary(taken.map(({ wall }) => wall)).median,
        ratio: ratios(taken, samples["bare Prisma"]),
      };
      results.push(row);
      console.log(line(row));
    }
  }
}
for (const client of [bare, guarded, scoped]) await client.$disconnect();
await pool.end();
await bench.close();
writeResult(options, {
  name: "orm-prisma",
  title: "Prisma on the scoped pool",
  about: [`PostgreSQL ${bench.version}`, versionOf("Prisma", "prisma"), "pool of 10"],
  text: table(),
});

function line({ operation, concurrency, way, microseconds, ratio }) {
  return [
    operation.padEnd(11),
    String(concurrency).padStart(3),
    way.padEnd(28),
    `${microseconds.toFixed(1).padStart(8)} µs`,
    `× ${ratio.median.toFixed(2)} (${ratio.low.toFixed(2)}–${ratio.high.toFixed(2)})`,
  ].join("  ");
}

function table() {
  const rows = results.map(
    ({ operation, concurrency, way, microseconds, ratio }) =>
      `| ${operation} | ${concurrency} | ${way} | ${microseconds.toFixed(1)} | ${ratio.median.toFixed(2)} | ${ratio.low.toFixed(2)}–${ratio.high.toFixed(2)} |`,
  );
  return `Time per operation at the given concurrency; the ratio is against bare Prisma, filtering by the tenant itself, in the same round.\n\n| operation | concurrency | way | µs | ratio | spread |\n|---|---|---|---|---|---|\n${rows.join("\n")}`;
}
