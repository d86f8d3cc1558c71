import { join } from "node:path";
import { complaintOf, run } from "./run.js";

const repository = join(import.meta.dirname, "../..");

/**
 * What publint and Are the Types Wrong? say of the tarball.
 * @param {string} tarball
 * @returns {Promise<string[]>}
 */
export async function lintPackage(tarball) {
  return [
    ...(await lint("publint", ["run", tarball, "--strict"])),
    ...(await lint("attw", [tarball, "--profile", "esm-only", "--no-emoji", "--no-color"])),
  ];
}

/**
 * @param {string} name
 * @param {readonly string[]} args
 */
async function lint(name, args) {
  const outcome = await run(join(repository, "node_modules/.bin", name), args, repository);
  return outcome.ok ? [] : [`${name} complains:\n    ${complaintOf(outcome)}`];
}
