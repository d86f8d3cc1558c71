import { existsSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { readManifest } from "../../isolation/manifest/manifest-file.js";
import { manifestFileName } from "../../isolation/manifest/manifest.js";
import { tenantTablesOf, type TenantTables } from "./tenancy.js";

export type Known = { readonly tables: TenantTables } | { readonly problem: string };

const cached = new Map<string, { readonly changed: number; readonly known: Known }>();

/** The manifest named, from `cwd` on; or the nearest one above the file that is linted. */
export function knownTables(named: string | undefined, filename: string, cwd: string): Known {
  const file = named === undefined ? nearest(dirname(resolve(cwd, filename))) : resolve(cwd, named);
  if (file === undefined) return { problem: `there is no ${manifestFileName} above this file` };
  try {
    const changed = statSync(file).mtimeMs;
    const before = cached.get(file);
    if (before?.changed === changed) return before.known;
    const known: Known = { tables: tenantTablesOf(readManifest(file)) };
    cached.set(file, { changed, known });
    return known;
  } catch (error) {
    return { problem: (error as Error).message };
  }
}

function nearest(folder: string): string | undefined {
  const file = join(folder, manifestFileName);
  if (existsSync(file)) return file;
  const above = dirname(folder);
  return above === folder ? undefined : nearest(above);
}
