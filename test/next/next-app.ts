import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { Agent } from "node:http";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { freePort } from "../../src/database/embedded/settings.js";
import { ask, type Reply } from "../conformance/http/client.js";
import type { TestDatabase } from "../support/databases.js";
import { until } from "../support/until.js";

const folder = resolve(import.meta.dirname, "../../examples/next");
const next = resolve(import.meta.dirname, "../../node_modules/next/dist/bin/next");

export interface NextApp {
  readonly port: number;
  /** All that the process printed. */
  log(): string;
  get(tenant: string, path: string, headers?: Readonly<Record<string, string>>): Promise<Reply>;
  stop(): Promise<void>;
}

/** Builds the example as its users do, without a database, and starts it over the one given. */
export async function startNextApp(database: TestDatabase): Promise<NextApp> {
  const plain = { PATH: process.env["PATH"], NEXT_TELEMETRY_DISABLED: "1", CI: "1" };
  await promisify(execFile)(process.execPath, [next, "build"], { cwd: folder, env: plain });
  const port = await freePort();
  const child = spawn(process.execPath, ["start.js"], {
    cwd: folder,
    env: {
      ...plain,
      PORT: String(port),
      DATABASE_URL: database.appUrl,
      TENANTRY_OPERATOR_DATABASE_URL: database.operatorUrl,
      TENANTRY_MIGRATION_DATABASE_URL: database.ownerUrl,
      TENANTRY_SECRET: database.secret,
    },
  });
  let log = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => (log += chunk.toString()));
  }
  const ended = once(child, "exit");
  const agent = new Agent({ keepAlive: true, maxSockets: 10 });
  const stop = async () => {
    agent.destroy();
    child.kill("SIGTERM");
    await ended;
  };
  await until(() => log.includes("Ready in") || child.exitCode !== null, 60_000).catch(
    async (error: unknown) => {
      await stop();
      throw error;
    },
  );
  if (child.exitCode !== null) throw new Error(`the example did not start: ${log}`);
  return {
    port,
    log: () => log,
    get: (tenant, path, headers = {}) =>
      ask(port, { host: `${tenant}.localhost:${port}`, path, headers, agent }),
    stop,
  };
}
