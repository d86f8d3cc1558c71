import { execFile } from "node:child_process";
import { mkdir, symlink } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { buildPackage } from "../../../test/support/built-package.js";

const example = resolve(import.meta.dirname, "..");
const tsc = resolve(example, "../../node_modules/typescript/bin/tsc");

/** The tracker as `npm start` runs it, with the scripts that browsers get. */
export interface BuiltTracker {
  readonly dist: string;
  remove(): Promise<void>;
}

export async function buildTracker(): Promise<BuiltTracker> {
  const built = await buildPackage();
  // Inside the built package, which thereby finds itself under the name tenantry.
  const copy = join(built.root, "examples", "tracker");
  const dist = join(copy, "dist");
  await mkdir(copy, { recursive: true });
  await symlink(join(example, "assets"), join(copy, "assets"));
  await symlink(join(example, "migrations"), join(copy, "migrations"));
  const options = ["--noCheck", "--outDir", dist];
  const project = join(example, "tsconfig.build.json");
  await promisify(execFile)(process.execPath, [tsc, "-p", project, ...options]);
  return { dist, remove: () => built.remove() };
}
