import { execFile, spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { until } from "../../support/until.js";

const run = promisify(execFile);

/** Of the binary on this machine; null where there is none. */
export const installedRedis: string | null =
  / v=(\S+)/.exec(String(spawnSync("redis-server", ["--version"]).stdout))?.[1] ?? null;

/** A server that the test may kill. */
export interface OwnRedis {
  readonly port: number;
  readonly url: string;
  start(): Promise<void>;
  /** As by the kernel: no goodbye. */
  kill(): Promise<void>;
  /** Runs redis-cli against it. */
  cli(...args: string[]): Promise<string>;
  close(): Promise<void>;
}

async function freePort(): Promise<number> {
  const listener = createServer().listen(0, "127.0.0.1");
  await once(listener, "listening");
  const { port } = listener.address() as AddressInfo;
  listener.close();
  await once(listener, "close");
  // The bus of a Cluster node listens 10 000 higher.
  return port > 50_000 ? freePort() : port;
}

export async function openOwnRedis(flags: readonly string[] = []): Promise<OwnRedis> {
  const folder = await mkdtemp(join(tmpdir(), "tenantry-redis-"));
  const port = await freePort();
  let child: ChildProcess | null = null;
  const cli = async (...args: string[]): Promise<string> =>
    (await run("redis-cli", ["-p", String(port), ...args])).stdout.trim();
  const answers = (): Promise<boolean> =>
    cli("ping").then(
      (answer) => answer === "PONG",
      () => false,
    );
  const server: OwnRedis = {
    port,
    url: `redis://127.0.0.1:${port}`,
    cli,
    async start() {
      const own = ["--port", String(port), "--bind", "127.0.0.1", "--dir", folder];
      child = spawn("redis-server", [...own, "--save", "", "--appendonly", "no", ...flags], {
        stdio: "ignore",
      });
      await until(answers, 10_000);
    },
    async kill() {
      if (child === null) return;
      const gone = once(child, "exit");
      child.kill("SIGKILL");
      child = null;
      await gone;
    },
    async close() {
      await server.kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
  await server.start();
  return server;
}

/** Three masters that know each other, or an error after a while. */
export async function openCluster(): Promise<readonly OwnRedis[]> {
  const nodes = await Promise.all(
    [1, 2, 3].map(() =>
      openOwnRedis(["--cluster-enabled", "yes", "--cluster-node-timeout", "2000"]),
    ),
  );
  try {
    const addresses = nodes.map(({ port }) => `127.0.0.1:${port}`);
    await run("redis-cli", ["--cluster", "create", ...addresses, "--cluster-yes"], {
      timeout: 20_000,
    });
    await until(
      async () =>
        (await Promise.all(nodes.map((node) => node.cli("cluster", "info")))).every((info) =>
          info.includes("cluster_state:ok"),
        ),
      15_000,
    );
    return nodes;
  } catch (error) {
    await Promise.all(nodes.map((node) => node.close()));
    throw error;
  }
}
