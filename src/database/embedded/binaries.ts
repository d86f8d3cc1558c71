import { spawnSync } from "node:child_process";
import { readFile, symlink } from "node:fs/promises";
import { basename, join } from "node:path";
import { spawnAs, type Account } from "./account.js";
import { copyNativeFolder, removeCopy } from "./binaries-copy.js";
import { findNativeFolder } from "./platform-package.js";
import { unavailable } from "./unavailable.js";

export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
  /** As `18.4`. */
  readonly version: string;
  /** Where the binaries had to be copied to. */
  readonly copy: string | null;
}

/**
 * Binaries that `account` can run: in place, or copied where that does not work (a project that
 * the account cannot reach, a read-only install whose symbolic links are missing).
 * @throws {TenantryError} `EMBEDDED_UNAVAILABLE`
 */
export async function prepareBinaries(
  project: string,
  account: Account | undefined,
  onStep: (step: string) => void,
): Promise<Binaries> {
  const native = findNativeFolder(project);
  const linked = await makeLinks(native).then(
    () => true,
    () => false,
  );
  const inPlace = linked ? tryOut(native, account) : undefined;
  if (inPlace?.version !== undefined) return binariesIn(native, inPlace.version, null);

  onStep("copying the PostgreSQL binaries to where they can be run");
  for await (const copy of copyNativeFolder(native)) {
    await makeLinks(copy);
    const { version } = tryOut(copy, account);
    if (version !== undefined) return binariesIn(copy, version, copy);
    await removeCopy(copy);
  }
  throw unavailable(
    `its binaries in ${native} do not run here${inPlace === undefined ? "" : ` (${inPlace.problem})`}`,
    "They need glibc on Linux, and a temporary directory that allows execution; or set DATABASE_URL to a PostgreSQL of your own.",
  );
}

function binariesIn(native: string, version: string, copy: string | null): Binaries {
  return {
    initdb: join(native, "bin", "initdb"),
    postgres: join(native, "bin", "postgres"),
    version,
    copy,
  };
}

/**
 * npm packages carry no symbolic links, so the package's install script makes them; where install
 * scripts are off, we do.
 */
async function makeLinks(native: string): Promise<void> {
  const list = await readFile(join(native, "pg-symlinks.json"), "utf8").catch(() => "[]");
  const links = JSON.parse(list) as readonly { readonly source: string; readonly target: string }[];
  for (const { source, target } of links) {
    // All are links within lib; only the last parts of the paths matter.
    const link = join(native, "lib", basename(target));
    await symlink(basename(source), link).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    });
  }
}

interface Trial {
  readonly version: string | undefined;
  readonly problem: string;
}

function tryOut(native: string, account: Account | undefined): Trial {
  const { stdout, stderr, error } = spawnSync(join(native, "bin", "postgres"), ["--version"], {
    ...spawnAs(account, "/"),
    encoding: "utf8",
    timeout: 20_000,
  });
  const version = /PostgreSQL\) (\d+(?:\.\d+)*)/.exec(stdout ?? "")?.[1];
  return { version, problem: error?.message ?? (stderr ?? "").trim().slice(0, 300) };
}
