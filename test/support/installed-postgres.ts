import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { chown, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { accountFor, spawnAs } from "../../src/database/embedded/account.js";
import { endProcess, startServer } from "../../src/database/embedded/server-process.js";
import { freePort } from "../../src/database/embedded/settings.js";

/** Where Debian's packages put each major version. */
const root = "/usr/lib/postgresql";

/** The oldest PostgreSQL that is installed here, or null: versions differ most at the ends. */
export const installedPostgres = findInstalled();

function findInstalled(): { readonly major: number; readonly bin: string } | null {
  const majors = existsSync(root) ? readdirSync(root).map(Number).filter(Number.isInteger) : [];
  const [major] = majors.sort((a, b) => a - b);
  return major === undefined ? null : { major, bin: join(root, String(major), "bin") };
}

export interface FreshServer {
  /** Of its superuser. */
  readonly url: string;
  stop(): Promise<void>;
}

/** A server of its own in which nobody was before: no role, no database of ours. */
export async function startInstalledPostgres(): Promise<FreshServer> {
  if (installedPostgres === null) throw new Error(`there is no PostgreSQL in ${root}`);
  const { bin } = installedPostgres;
  const directory = await mkdtemp(join(tmpdir(), "tenantry-test-installed-"));
  const dataDirectory = join(directory, "data");
  await mkdir(dataDirectory, { mode: 0o700 });
  const account = await accountFor(dataDirectory);
  if (account !== undefined) {
    for (const path of [directory, dataDirectory]) await chown(path, account.uid, account.gid);
  }
  const initdb = spawn(
    join(bin, "initdb"),
    ["-D", dataDirectory, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"],
    { ...spawnAs(account, dataDirectory), stdio: "ignore" },
  );
  const [code] = (await once(initdb, "exit")) as [number | null];
  if (code !== 0) throw new Error(`initdb of ${bin} ended with ${code}`);
  const port = await freePort();
  const settings = { fsync: "off" };
  const postgres = join(bin, "postgres");
  const command = { postgres, account, directory, dataDirectory, port, settings };
  const { child, exited } = await startServer(command);
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    stop: async () => {
      await endProcess(child.pid, exited);
      await rm(directory, { recursive: true, force: true });
    },
  };
}
