import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

const repository = resolve(import.meta.dirname, "../..");

export interface BuiltPackage {
  /** Holds `dist`, `migrations` and `package.json`, as an installed package does. */
  readonly root: string;
  remove(): Promise<void>;
}

/**
 * Builds the sources as they are now, for tests that run them in processes of their own; inside the
 * repository, so that dependencies are found.
 */
export async function buildPackage(): Promise<BuiltPackage> {
  await mkdir(join(repository, ".tenantry"), { recursive: true });
  const root = await mkdtemp(join(repository, ".tenantry", "build-"));
  // Types are `npm run typecheck`'s affair.
  const options = ["--noCheck", "--declaration", "false", "--outDir", join(root, "dist")];
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
