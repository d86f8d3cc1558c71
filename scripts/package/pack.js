import { join } from "node:path";
import { complaintOf, run } from "./run.js";

/** @typedef {{ tarball: string, files: readonly string[] }} Packed */

/**
 * Packs the package as publishing would.
 * @param {string} folder
 * @param {string} destination
 * @returns {Promise<Packed>}
 */
export async function pack(folder, destination) {
  const outcome = await run("npm", ["pack", "--json", "--pack-destination", destination], folder);
  if (!outcome.ok) throw new Error(`npm pack failed:\n    ${complaintOf(outcome)}`);
  // Whatever the build prints comes before npm's JSON.
  const answer = JSON.parse(outcome.stdout.slice(outcome.stdout.search(/^[[{]/m)));
  const [packed] = Object.values(answer);
  /** @type {{ path: string }[]} */
  const files = packed.files;
  return { tarball: join(destination, packed.filename), files: files.map(({ path }) => path) };
}
