import { chmod, cp, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

const prefix = "tenantry-postgres-";
/** For compiling against PostgreSQL, not for running it. */
const leftOut = /\.a$|^pkgconfig$|^pgxs$/;

/**
 * Copies of the binaries that everyone can read and run, one after the other in every place that
 * may do. mkdtemp() makes each new and ours, so no one else can have prepared it.
 */
export async function* copyNativeFolder(native: string): AsyncGenerator<string> {
  for (const parent of new Set([tmpdir(), "/tmp", "/var/tmp"])) {
    const copy = await mkdtemp(join(parent, prefix)).catch(() => undefined);
    if (copy === undefined) continue;
    try {
      await cp(native, copy, {
        recursive: true,
        verbatimSymlinks: true,
        filter: (path) => !leftOut.test(basename(path)),
      });
      await openToAll(copy);
    } catch {
      await removeCopy(copy);
      continue;
    }
    yield copy;
  }
}

async function openToAll(directory: string): Promise<void> {
  await chmod(directory, 0o755);
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) await openToAll(path);
    else if (entry.isFile()) await chmod(path, basename(directory) === "bin" ? 0o755 : 0o644);
  }
}

/** Removes a copy; a path that is none, as a damaged file might name, is left alone. */
export async function removeCopy(copy: string): Promise<void> {
  if (!basename(copy).startsWith(prefix)) return;
  await rm(copy, { recursive: true, force: true });
}
