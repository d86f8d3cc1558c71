import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { until } from "./registry-fixture.js";

const binary = "/usr/sbin/pgbouncer";

/** Undefined where there is no PgBouncer: what stands in the title of the tests that are skipped. */
export const missingPgBouncer = existsSync(binary) ? undefined : `NO PGBOUNCER at ${binary}`;

export interface PgBouncer {
  /** The URL with the pooler in the server's place. */
  readonly url: string;
  close(): Promise<void>;
}

/** A pooler in transaction mode with one connection to the server, which all clients share. */
export async function openPgBouncer(target: string): Promise<PgBouncer> {
  const { hostname, port, username, password, pathname } = new URL(target);
  const folder = await mkdtemp(join(tmpdir(), "tenantry-pgbouncer-"));
  const listenPort = await freePort();
  const settings = join(folder, "pgbouncer.ini");
  await chmod(folder, 0o755);
  await writeFile(
    settings,
    `[databases]
* = host=${hostname} port=${port || 5432} user=${username} password=${password}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${listenPort}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 1
ignore_startup_parameters = extra_float_digits
`,
  );
  // It refuses to run as root.
  const asOther = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
  const child = spawn(binary, ["-q", settings], { stdio: "ignore", ...asOther });
  const ended = once(child, "exit");
  const close = async () => {
    child.kill("SIGTERM");
    await ended;
    await rm(folder, { recursive: true });
  };
  const url = `postgres://${username}:${password}@127.0.0.1:${listenPort}${pathname}`;
  try {
    await until(async () => {
      const client = new pg.Client({ connectionString: url });
      const connected = await client.connect().then(
        () => true,
        () => false,
      );
      if (connected) await client.end();
      return connected;
    });
  } catch (error) {
    await close();
    throw error;
  }
  return { url, close };
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
}
