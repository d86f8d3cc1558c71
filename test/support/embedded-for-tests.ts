import { mkdtemp, readdir, readFile, realpath, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { processStart } from "../../src/database/embedded/process-identity.js";
import { endOrphan } from "../../src/database/embedded/server-process.js";
import { startEmbeddedPostgres, type EmbeddedPostgres } from "../../src/database/embedded/start.js";

const prefix = "tenantry-test-postgres-";

/** An embedded server for one test run, in a temporary directory. */
export async function startEmbeddedForTests(): Promise<EmbeddedPostgres> {
  await removeLeftovers();
  const directory = await mkdtemp(join(tmpdir(), prefix));
  const remove = () => rm(directory, { recursive: true, force: true });
  const server = await startEmbeddedPostgres({
    directory,
    // The data is thrown away at the end, so it need not survive a power failure.
    settings: { max_connections: "200", fsync: "off", full_page_writes: "off" },
  }).catch(async (error: unknown) => {
    await remove();
    throw error;
  });
  const stop = async () => {
    await server.stop();
    await remove();
  };
  return { ...server, stop };
}

/** Stops the servers of runs that were killed, and removes their directories. */
async function removeLeftovers(): Promise<void> {
  const parent = await realpath(tmpdir());
  for (const name of await readdir(parent)) {
    if (!name.startsWith(prefix)) continue;
    const directory = join(parent, name);
    if (!(await isLeftover(directory))) continue;
    await endOrphan(join(directory, "data"), () => undefined);
    await rm(directory, { recursive: true, force: true });
  }
}

async function isLeftover(directory: string): Promise<boolean> {
  try {
    // Other users' directories, and those that a run is just making, are not ours to judge.
    const { uid, mtimeMs } = await stat(directory);
    if (uid !== process.getuid?.() || Date.now() - mtimeMs < 10_000) return false;
    const owner = JSON.parse(await readFile(join(directory, "owner.json"), "utf8")) as {
      readonly pid: number;
      readonly start: string | null;
    };
    return (await processStart(owner.pid)) !== owner.start;
  } catch {
    return false;
  }
}
