import { execFile } from "node:child_process";
import { copyFile, cp, mkdir, readFile, symlink } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { promisify } from "node:util";
import type { BuiltPackage } from "../support/built-package.js";

const repository = resolve(import.meta.dirname, "../..");
const madeByRunning = new Set(["dist", ".tenantry", "node_modules"]);

export interface Example {
  /** `npm start`, as in its README. Gives what it prints. */
  start(): Promise<string>;
  /** The same, without building it anew. */
  startAgain(): Promise<string>;
}

/**
 * A copy of an example beside the built package, as npm would have installed it, with a database of
 * its own: whoever has started the example by hand keeps theirs.
 */
export async function copyExample({ root }: BuiltPackage, name: string): Promise<Example> {
  const folder = join(root, "examples", name);
  await cp(join(repository, "examples", name), folder, {
    recursive: true,
    filter: (path) => !madeByRunning.has(basename(path)),
  });
  await mkdir(join(folder, "node_modules"));
  await symlink(root, join(folder, "node_modules", "tenantry"));
  // Which the example's own extends.
  await copyFile(join(repository, "tsconfig.json"), join(root, "tsconfig.json"));
  const env = { PATH: process.env["PATH"], HOME: process.env["HOME"] };
  const npm = async (...args: string[]) =>
    (await promisify(execFile)("npm", [...args, "--silent"], { cwd: folder, env })).stdout;
  return { start: () => npm("start"), startAgain: () => npm("start", "--ignore-scripts") };
}

/** What its README says that it prints: the one block that is in no language. */
export async function promisedOutput(name: string): Promise<string> {
  const readme = await readFile(join(repository, "examples", name, "README.md"), "utf8");
  const blocks = [...readme.matchAll(/^```(\w*)\n(.*?)^```$/gms)];
  const [only, ...others] = blocks.filter(([, language]) => language === "");
  if (only === undefined || others.length > 0) throw new Error(`${name}: one block of output`);
  return only[2]!;
}
