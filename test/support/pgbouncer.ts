import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { chown, mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../src/database/embedded/settings.js";
import { until } from "./until.js";

/** Where Debian's package puts it. */
const binary = "/usr/sbin/pgbouncer";

/** Undefined where there is no PgBouncer: what stands in the title of the tests that are skipped. */
export const missingPgBouncer = existsSync(binary)
  ? undefined
  : "NO PGBOUNCER: apt-get install pgbouncer";

export interface PgBouncer {
  /** Of the database it was made for, as the login of the URL it was given. */
  readonly url: string;
  stop(): Promise<void>;
}

/** A PgBouncer of its own in transaction mode, on a free port of the loopback, not as root. */
export async function startPgBouncer(target: string, poolSize: number): Promise<PgBouncer> {
  const { hostname, port, pathname, username, password } = new URL(target);
  const own = await freePort();
  const directory = await mkdtemp(join(tmpdir(), "tenantry-test-pgbouncer-"));
  const config = join(directory, "pgbouncer.ini");
  await writeFile(
    config,
    `[databases]
pooled = host=${hostname} port=${port || "5432"} dbname=${pathname.slice(1)} user=${username} password=${password}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${own}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = ${poolSize}
max_client_conn = 200
logfile = ${join(directory, "log")}
`,
    { mode: 0o600 },
  );
  // It refuses to run as root.
  const account = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  if (account.uid !== undefined) {
    for (const path of [directory, config]) await chown(path, account.uid, account.gid);
  }
  const child = spawn(binary, ["--quiet", config], {
    ...account,
    cwd: "/",
    stdio: "ignore",
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.on("error", () => undefined);
  const stop = async () => {
    if (child.exitCode === null) child.kill("SIGKILL");
    await ended;
    await rm(directory, { recursive: true, force: true });
  };
  try {
    await until(() => answers(own));
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: `postgres://anyone@127.0.0.1:${own}/pooled`, stop };
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}
