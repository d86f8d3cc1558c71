// How much a whole request costs with Tenantry, against the same handler of the same framework without.
//   npm run build && node bench/http.js [-- --framework fastify --concurrency 16 --rounds 7 --milliseconds 1000 --write]
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { Agent, createServer, request } from "node:http";
import { createRequire } from "node:module";
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { getRequestListener } from "@hono/node-server";
import express from "express";
import createFastify from "fastify";
import { Hono } from "hono";
import { createMemoryRegistry, createTenantry, fromHost } from "tenantry";
import { expressErrors, expressTenancy } from "tenantry/express";
import { fastifyErrors, fastifyTenancy } from "tenantry/fastify";
import { honoErrors, honoTenancy } from "tenantry/hono";
import { interleave, ratios, summary } from "./support/measure.js";

const { values: options } = parseArgs({
  options: {
    framework: { type: "string", multiple: true },
    concurrency: { type: "string", multiple: true },
    rounds: { type: "string", default: "7" },
    milliseconds: { type: "string", default: "1000" },
    write: { type: "boolean", default: false },
  },
});

const goal = 0.95;
const { devDependencies } = createRequire(import.meta.url)("../package.json");

const registry = createMemoryRegistry();
for (let n = 0; n < 20; n++) await registry.create({ slug: `tenant-${n}`, name: `Tenant ${n}` });
const tenantry = createTenantry({
  // Nothing is asked of it: this measures requests, bench/scoped-pool.js statements.
  database: "postgres://nobody@127.0.0.1:1/nowhere",
  secret: "a secret of at least thirty-two bytes, for benchmarks",
  resolve: [fromHost({ baseDomain: "example.com" })],
  registry,
});

/** What every handler answers: some 600 bytes of JSON. */
const projects = Array.from({ length: 10 }, (_, id) => ({ id, name: `project ${id}`, open: true }));

/** Each makes a server whose handler awaits once, as one that asks a database does. */
const frameworks = {
  async Express(scoped) {
    const app = express();
    if (scoped) app.use(expressTenancy(tenantry));
    app.get("/projects", async (_request, response) => {
      await Promise.resolve();
      response.json(projects);
    });
    if (scoped) app.use(expressErrors(tenantry));
    return createServer(app);
  },
  async Fastify(scoped) {
    const app = createFastify();
    if (scoped) app.register(fastifyTenancy(tenantry)).setErrorHandler(fastifyErrors(tenantry));
    app.get("/projects", async () => {
      await Promise.resolve();
      return projects;
    });
    await app.ready();
    return app.server;
  },
  async Hono(scoped) {
    const app = new Hono();
    if (scoped) app.use(honoTenancy(tenantry)).onError(honoErrors(tenantry));
    app.get("/projects", async (c) => {
      await Promise.resolve();
      return c.json(projects);
    });
    return createServer(getRequestListener(app.fetch));
  },
};

/** @param {import("node:http").Server} server @param {Agent} agent */
function wayOf(server, agent) {
  const { port } = server.address();
  return (i) =>
    new Promise((resolve, reject) => {
      const headers = { host: `tenant-${i % 20}.example.com` };
      request({ port, host: "127.0.0.1", path: "/projects", headers, agent }, (response) => {
        if (response.statusCode !== 200) reject(new Error(`status ${response.statusCode}`));
        response.on("end", resolve).on("error", reject).resume();
      })
        .on("error", reject)
        .end();
    });
}

const results = [];
for (const [name, make] of Object.entries(frameworks)) {
  if (options.framework && !options.framework.includes(name.toLowerCase())) continue;
  const bare = await make(false);
  const scoped = await make(true);
  for (const server of [bare, scoped]) await once(server.listen(0, "127.0.0.1"), "listening");
  for (const concurrency of (options.concurrency ?? ["16"]).map(Number)) {
    const agent = new Agent({ keepAlive: true, maxSockets: concurrency });
    const samples = await interleave(
      { without: wayOf(bare, agent), with: wayOf(scoped, agent) },
      {
        concurrency,
        rounds: Number(options.rounds),
        milliseconds: Number(options.milliseconds),
        role: "",
      },
    );
    agent.destroy();
    const row = {
      framework: `${name} ${devDependencies[name.toLowerCase()]}`,
      concurrency,
      without: 1e6 / summary(samples.without.map(({ wall }) => wall)).median,
      with: 1e6 / summary(samples.with.map(({ wall }) => wall)).median,
      // Throughput with over without: the inverse of the ratio of times.
      ratio: ratios(samples.without, samples.with),
      // The same of processor time, which busy neighbours disturb less.
      cpu: ratios(samples.without, samples.with, "node").median,
    };
    results.push(row);
    console.log(line(row));
  }
  for (const server of [bare, scoped]) server.close().closeAllConnections();
}
await tenantry.close();
if (options.write) write();

function line({ framework, concurrency, without, with: scoped, ratio, cpu }) {
  const { median, low, high } = ratio;
  return [
    framework.padEnd(16),
    String(concurrency).padStart(3),
    `${without.toFixed(0).padStart(7)} without, ${scoped.toFixed(0).padStart(7)} with Tenantry, per second`,
    `× ${median.toFixed(2)} (${low.toFixed(2)}–${high.toFixed(2)})`,
    `cpu × ${cpu.toFixed(2)}`,
    median >= goal ? "" : `below ${goal}`,
  ].join("  ");
}

function write() {
  const date = new Date().toISOString().slice(0, 10);
  const about = `Node ${process.version}, ${cpus().length} × ${cpus()[0].model}, loopback, client and server in one process, keep-alive, ${options.rounds} interleaved rounds of ${options.milliseconds} ms`;
  const rows = results.map(
    ({ framework, concurrency, without, with: scoped, ratio: { median, low, high }, cpu }) =>
      `| ${framework} | ${concurrency} | ${without.toFixed(0)} | ${scoped.toFixed(0)} | ${median.toFixed(2)} | ${low.toFixed(2)}–${high.toFixed(2)} | ${cpu.toFixed(2)} |`,
  );
  mkdirSync(new URL("results/", import.meta.url), { recursive: true });
  const path = new URL("results/http.md", import.meta.url);
  writeFileSync(
    path,
    `# Whole requests with Tenantry and without (${date})\n\n${about}.\n\nThe client's work is in both, so what the server alone loses is more than the ratio says. Tenants by host from memory; a handler that answers JSON.\n\n| framework | concurrency | requests/s without | requests/s with | ratio | spread | processor time |\n|---|---|---|---|---|---|---|\n${rows.join("\n")}\n`,
  );
  console.log(`written to ${path.pathname}`);
}
