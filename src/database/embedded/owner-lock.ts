import { randomBytes } from "node:crypto";
import { link, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { processStart } from "./process-identity.js";
import { unavailable } from "./unavailable.js";

/** Who runs the server of a directory, as written beside its data. */
interface Owner {
  readonly pid: number;
  readonly start: string | null;
  /** The copy of the binaries that this owner made, for its successor to remove. */
  readonly copy: string | null;
}

export interface OwnerLock {
  /** The copy of the binaries that a killed owner left. */
  readonly leftCopy: string | null;
  /** Writes down the copy of the binaries in use. */
  remember(copy: string | null): Promise<void>;
  release(): Promise<void>;
}

/**
 * Makes this process the directory's only one.
 * @throws {TenantryError} `EMBEDDED_UNAVAILABLE`, naming the pid that has it
 */
export async function takeOwnership(directory: string): Promise<OwnerLock> {
  const path = join(directory, "owner.json");
  const self = { pid: process.pid, start: await processStart(process.pid) };
  let leftCopy: string | null = null;
  for (let attempt = 0; attempt < 20; attempt += 1) {
    if (await writeNew(path, { ...self, copy: null })) {
      return {
        leftCopy,
        remember: (copy) => replace(path, { ...self, copy }),
        release: () => rm(path, { force: true }),
      };
    }
    const text = await readFile(path, "utf8").catch(() => undefined);
    if (text === undefined) continue;
    const owner = parse(text);
    if (owner !== undefined && (await isAlive(owner))) throw taken(directory, owner.pid);
    leftCopy = owner?.copy ?? leftCopy;
    await removeStale(path, text);
  }
  throw unavailable(
    `the ownership of ${directory} keeps changing`,
    "Start one process at a time on it.",
  );
}

async function isAlive({ pid, start }: Owner): Promise<boolean> {
  const now = await processStart(pid);
  return now !== null && (start === null || start === now);
}

/** Appears whole or not at all: written under another name, then linked, which never overwrites. */
async function writeNew(path: string, owner: Owner): Promise<boolean> {
  const draft = `${path}.${randomBytes(6).toString("hex")}`;
  await writeFile(draft, JSON.stringify(owner), { mode: 0o600 });
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

async function replace(path: string, owner: Owner): Promise<void> {
  const draft = `${path}.${randomBytes(6).toString("hex")}`;
  await writeFile(draft, JSON.stringify(owner), { mode: 0o600 });
  await rename(draft, path);
}

/**
 * Takes a dead owner's file away. Two processes may be here at once: the slower one would find the
 * faster one's new file under the name, notices that, and puts it back.
 */
async function removeStale(path: string, text: string): Promise<void> {
  const aside = `${path}.${randomBytes(6).toString("hex")}`;
  try {
    await rename(path, aside);
  } catch {
    return;
  }
  const moved = await readFile(aside, "utf8");
  if (moved !== text) await link(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
}

function parse(text: string): Owner | undefined {
  try {
    const { pid, start, copy } = JSON.parse(text) as Partial<Owner>;
    if (!Number.isSafeInteger(pid) || pid! < 1) return undefined;
    return {
      pid: pid!,
      start: typeof start === "string" ? start : null,
      copy: typeof copy === "string" ? copy : null,
    };
  } catch {
    return undefined;
  }
}

function taken(directory: string, pid: number): Error {
  const who = pid === process.pid ? `this process (pid ${pid})` : `the process with pid ${pid}`;
  return unavailable(
    `${who} already runs the server of ${directory}`,
    "Connect to that one, stop it first, or use another directory.",
  );
}
