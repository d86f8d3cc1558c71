import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readdir, rm, stat, symlink } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

const repository = resolve(import.meta.dirname, "../..");
const scratch = join(repository, ".tenantry");
const prefix = "build-";

export interface BuiltPackage {
  /** Holds `dist`, `migrations` and `package.json`, as an installed package does. */
  readonly root: string;
  remove(): Promise<void>;
}

/**
 * Builds the sources as they are now, for tests that run them in processes of their own; inside the
 * repository, so that dependencies are found. Declarations only where something compiles against it.
 */
export async function buildPackage({ declarations = false } = {}): Promise<BuiltPackage> {
  await mkdir(scratch, { recursive: true });
  await removeLeftovers();
  const root = await mkdtemp(join(scratch, prefix));
  // Types are `npm run typecheck`'s affair.
  const options = [
    "--noCheck",
    "--declaration",
    String(declarations),
    "--outDir",
    join(root, "dist"),
  ];
  const tsc = join(repository, "node_modules/typescript/bin/tsc");
  await promisify(execFile)(
    process.execPath,
    [tsc, "-p", join(repository, "tsconfig.build.json"), ...options],
    { cwd: repository },
  );
  await copyFile(join(repository, "package.json"), join(root, "package.json"));
  await symlink(join(repository, "migrations"), join(root, "migrations"));
  return { root, remove: () => rm(root, { recursive: true, force: true }) };
}

/** Of runs that were killed: no test takes an hour. */
async function removeLeftovers(): Promise<void> {
  for (const name of await readdir(scratch)) {
    if (!name.startsWith(prefix)) continue;
    const made = await stat(join(scratch, name)).catch(() => undefined);
    if (made === undefined || Date.now() - made.mtimeMs < 3_600_000) continue;
    await rm(join(scratch, name), { recursive: true, force: true });
  }
}
