// How much a whole request costs with Tenantry, against the same handler of the same framework without.
// Each server has a process of its own, and so has the client.
//   npm run build && node bench/http.js [-- --framework fastify --handler json --concurrency 16 --rounds 7 --milliseconds 1000 --write]
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import autocannon from "autocannon";
import { openBench, secret } from "./support/database.js";
import { ratios, summary } from "./support/measure.js";

const { values: options } = parseArgs({
  options: {
    framework: { type: "string", multiple: true, default: ["express", "fastify", "hono"] },
    handler: { type: "string", multiple: true, default: ["json", "database"] },
    concurrency: { type: "string", multiple: true, default: ["16"] },
    rounds: { type: "string", default: "7" },
    milliseconds: { type: "string", default: "1000" },
    write: { type: "boolean", default: false },
  },
});

const goal = 0.95;
const { devDependencies } = createRequire(import.meta.url)("../package.json");
const bench = await openBench();

/** @param {object} given see support/http-server.js */
async function start(given) {
  const settings = { url: bench.url, secret, tenantId: bench.ids[7], ...given };
  const child = fork(new URL("support/http-server.js", import.meta.url), [
    JSON.stringify(settings),
  ]);
  const exited = once(child, "exit").then(() => Promise.reject(new Error("a server ended")));
  exited.catch(() => {});
  const ask = async () => (await Promise.race([once(child, "message"), exited]))[0];
  const { port } = await ask();
  const cpu = async () => {
    child.send("cpu");
    return (await ask()).cpu;
  };
  return { port, cpu, stop: () => child.disconnect() };
}

/**
 * Requests over kept connections for a while.
 * @param {{ port: number, cpu(): Promise<number> }} server @param {number} concurrency @param {number} milliseconds
 * @returns {Promise<import("./support/measure.js").Sample>}
 */
async function measure({ port, cpu }, concurrency, milliseconds) {
  const before = await cpu();
  const result = await autocannon({
    url: `http://127.0.0.1:${port}/projects`,
    connections: concurrency,
    duration: milliseconds / 1000,
    sampleInt: milliseconds / 4,
    requests: Array.from({ length: 20 }, (_, n) => ({
      headers: { host: `tenant-${n + 1}.example.com` },
    })),
  });
  const failed = result.errors + result.timeouts + result.non2xx;
  if (failed > 0) throw new Error(`${failed} requests were not answered with 200`);
  const count = result["2xx"];
  return {
    wall: ((result.finish - result.start) * 1000) / count,
    node: ((await cpu()) - before) / count,
    server: Number.NaN,
  };
}

const results = [];
for (const handler of options.handler) {
  for (const framework of options.framework) {
    const ways = {
      without: await start({ framework, handler, scoped: false }),
      with: await start({ framework, handler, scoped: true }),
    };
    for (const concurrency of options.concurrency.map(Number)) {
      const samples = { without: [], with: [] };
      for (let round = 0; round <= Number(options.rounds); round++) {
        const names = round % 2 === 1 ? ["with", "without"] : ["without", "with"];
        for (const name of names) {
          const sample = await measure(ways[name], concurrency, Number(options.milliseconds));
          if (round > 0) samples[name].push(sample);
        }
      }
      const perSecond = (taken) => 1e6 / summary(taken.map(({ wall }) => wall)).median;
      const row = {
        framework: `${framework} ${devDependencies[framework]}`,
        handler,
        concurrency,
        without: perSecond(samples.without),
        with: perSecond(samples.with),
        // Throughput with over without: the inverse of the ratio of times.
        ratio: ratios(samples.without, samples.with),
        // Processor time of the two processes; busy neighbours disturb it less.
        cpu: ratios(samples.without, samples.with, "node").median,
        extra: median(samples.with, "node") - median(samples.without, "node"),
      };
      results.push(row);
      console.log(line(row));
    }
    for (const way of Object.values(ways)) way.stop();
  }
}
await bench.close();
if (options.write) write();

function median(samples, what) {
  return summary(samples.map((sample) => sample[what])).median;
}

function line({ framework, handler, concurrency, without, with: scoped, ratio, cpu, extra }) {
  const { median, low, high } = ratio;
  return [
    framework.padEnd(16),
    handler.padEnd(9),
    String(concurrency).padStart(3),
    `${without.toFixed(0).padStart(7)} without, ${scoped.toFixed(0).padStart(7)} with Tenantry, per second`,
    `× ${median.toFixed(2)} (${low.toFixed(2)}–${high.toFixed(2)})`,
    `cpu × ${cpu.toFixed(2)}, ${extra.toFixed(0)} µs more a request`,
    median >= goal ? "" : `below ${goal}`,
  ].join("  ");
}

function write() {
  const date = new Date().toISOString().slice(0, 10);
  const about = `PostgreSQL ${bench.version}, Node ${process.version}, ${cpus().length} × ${cpus()[0].model}, loopback, client and server in processes of their own, keep-alive, ${options.rounds} interleaved rounds of ${options.milliseconds} ms`;
  const rows = results.map(
    ({ framework, handler, concurrency, without, with: scoped, ratio, cpu, extra }) =>
      `| ${framework} | ${handler} | ${concurrency} | ${without.toFixed(0)} | ${scoped.toFixed(0)} | ${ratio.median.toFixed(2)} | ${ratio.low.toFixed(2)}–${ratio.high.toFixed(2)} | ${cpu.toFixed(2)} | ${extra.toFixed(0)} |`,
  );
  const path = new URL("results/http.md", import.meta.url);
  mkdirSync(new URL(".", path), { recursive: true });
  writeFileSync(
    path,
    `# Whole requests with Tenantry and without (${date})\n\n${about}.\n\n\`json\` answers ten objects from memory, the least that a handler can do. \`database\` asks PostgreSQL for ten rows: without Tenantry through a bare \`pg\` pool, with a \`where tenant_id\`. Ratios are throughput with over without; the last column is the server's processor time for one request more.\n\n| framework | handler | concurrency | requests/s without | requests/s with | ratio | spread | processor time | µs more |\n|---|---|---|---|---|---|---|---|---|\n${rows.join("\n")}\n`,
  );
  console.log(`written to ${path.pathname}`);
}
