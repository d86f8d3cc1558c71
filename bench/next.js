// How much a whole request to Next.js costs with Tenantry, against the same route handler without.
// Both are routes of one built application: the proxy's matcher leaves the one without alone.
//   npm run build && node bench/next.js [--concurrency 16 --rounds 7 --milliseconds 1000 --write]
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createRequire } from "node:module";
import autocannon from "autocannon";
import { freePort } from "../dist/database/embedded/settings.js";
import { openBench, secret } from "./support/database.js";
import { ratios, summary } from "./support/measure.js";
import { readOptions } from "./support/options.js";
import { versionOf, writeResult } from "./support/results.js";

const options = readOptions({ rounds: 7, milliseconds: 1000, concurrency: [16] }, {});
const folder = fileURLToPath(new URL("../.tenantry/bench-next/", import.meta.url));
const next = createRequire(import.meta.url).resolve("next/dist/bin/next");

const answer = `Array.from({ length: 10 }, (_, id) => ({ id, name: "project " + id, open: true }))`;
const files = {
  "package.json": `{ "type": "module", "private": true }`,
  "next.config.js": `export default { turbopack: { root: ${JSON.stringify(fileURLToPath(new URL("..", import.meta.url)))} }, typescript: { ignoreBuildErrors: true } };`,
  "lib/tenancy.js": `
    import { workUnitAsyncStorage } from "next/dist/server/app-render/work-unit-async-storage.external";
    import { unstable_cache } from "next/cache";
    import { headers } from "next/headers";
    import { NextResponse } from "next/server";
    import { cache } from "react";
    import { createTenantry, fromHost } from "tenantry";
    import { createNextTenancy } from "tenantry/next";
    export const tenantry = () => (globalThis.benchTenantry ??= createTenantry({
      database: process.env.DATABASE_URL,
      resolve: [fromHost({ baseDomain: "example.com" })],
      secret: process.env.TENANTRY_SECRET,
      onEvent: () => {},
    }));
    export const tenancy = createNextTenancy(tenantry, { headers, cache, NextResponse, workUnitAsyncStorage, unstable_cache });`,
  "proxy.js": `
    import { NextResponse } from "next/server";
    import { tenancy } from "./lib/tenancy";
    export const proxy = (request) =>
      request.nextUrl.pathname === "/with" ? tenancy.proxy(request) : NextResponse.next();
    export const config = { matcher: ["/with", "/behind-a-proxy"] };`,
  "app/without/route.js": `
    export const dynamic = "force-dynamic";
    export const GET = async () => Response.json(${answer});`,
  "app/behind-a-proxy/route.js": `
    export const dynamic = "force-dynamic";
    export const GET = async () => Response.json(${answer});`,
  "app/with/route.js": `
    import { tenancy } from "../../lib/tenancy";
    export const dynamic = "force-dynamic";
    export const GET = tenancy.route(async () => Response.json(${answer}));`,
};

const bench = await openBench();
await rm(folder, { recursive: true, force: true });
for (const [path, text] of Object.entries(files)) {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), text);
}
const env = { ...process.env, NEXT_TELEMETRY_DISABLED: "1", CI: "1" };
console.log("building …");
await promisify(execFile)(process.execPath, [next, "build"], { cwd: folder, env });
const port = await freePort();
const child = spawn(process.execPath, [next, "start", "--port", String(port)], {
  cwd: folder,
  env: { ...env, DATABASE_URL: bench.url, TENANTRY_SECRET: secret },
  stdio: ["ignore", "pipe", "inherit"],
});
const exited = once(child, "exit");
await once(child.stdout, "data");

/** @param {string} path @param {number} connections */
async function measure(path, connections) {
  const result = await autocannon({
    url: `http://127.0.0.1:${port}${path}`,
    ...{ connections, duration: options.milliseconds / 1000 },
    sampleInt: options.milliseconds / 4,
    requests: Array.from({ length: 20 }, (_, n) => ({
      headers: { host: `tenant-${n + 1}.example.com` },
    })),
  });
  const failed = result.errors + result.timeouts + result.non2xx;
  if (failed > 0) throw new Error(`${failed} requests to ${path} were not answered with 200`);
  const wall = ((result.finish - result.start) * 1000) / result["2xx"];
  return { wall, node: Number.NaN, server: Number.NaN };
}

const ways = {
  "/without": "no proxy",
  "/behind-a-proxy": "a proxy that does nothing",
  "/with": "Tenantry",
};
const results = [];
try {
  for (const concurrency of options.concurrency) {
    const samples = { "/without": [], "/behind-a-proxy": [], "/with": [] };
    for (let round = 0; round <= options.rounds; round++) {
      const paths = Object.keys(samples);
      if (round % 2 === 1) paths.reverse();
      for (const path of paths) {
        const sample = await measure(path, concurrency);
        if (round > 0) samples[path].push(sample);
      }
    }
    for (const [path, taken] of Object.entries(samples)) {
      const row = {
        ...{ concurrency, way: ways[path] },
        perSecond: 1e6 / summary(taken.map(({ wall }) => wall)).median,
        ratio: ratios(samples["/without"], taken),
      };
      results.push(row);
      console.log(
        `Next.js  ${concurrency}  ${row.way.padEnd(32)}  ${row.perSecond.toFixed(0)} per second  × ${row.ratio.median.toFixed(2)} (${row.ratio.low.toFixed(2)}–${row.ratio.high.toFixed(2)})`,
      );
    }
  }
} finally {
  child.kill("SIGTERM");
  await exited;
  await bench.close();
  await rm(folder, { recursive: true, force: true });
}
writeResult(options, {
  name: "next",
  title: "Whole requests to Next.js with Tenantry and without",
  about: [
    `PostgreSQL ${bench.version}`,
    versionOf("Next.js", "next"),
    "client and server in processes of their own",
  ],
  text: [
    "A route handler that answers ten objects from memory: one that no proxy matches, one behind a proxy that only says `NextResponse.next()`, and one behind Tenantry's proxy, with a sealed scope, in `tenancy.route`. Ratios are throughput against the first, so the second says what a proxy of Next.js costs by itself.",
    "",
    "| concurrency | way | requests/s | ratio | spread |",
    "|---|---|---|---|---|",
    ...results.map(
      ({ concurrency, way, perSecond, ratio }) =>
        `| ${concurrency} | ${way} | ${perSecond.toFixed(0)} | ${ratio.median.toFixed(2)} | ${ratio.low.toFixed(2)}–${ratio.high.toFixed(2)} |`,
    ),
  ].join("\n"),
});
