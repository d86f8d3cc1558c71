import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { complaintOf, run } from "./run.js";

/**
 * A project that has installed the tarball and nothing else: no framework, no types but Node's.
 * @param {string} parent
 * @param {string} tarball
 */
export async function createConsumer(parent, tarball) {
  const folder = join(parent, "consumer");
  mkdirSync(folder);
  const manifest = { name: "consumer", version: "0.0.0", private: true, type: "module" };
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest));
  const args = ["install", "--no-audit", "--no-fund", "--prefer-offline", tarball];
  const outcome = await run("npm", args, folder);
  if (!outcome.ok) throw new Error(`npm install failed:\n    ${complaintOf(outcome)}`);
  return folder;
}
