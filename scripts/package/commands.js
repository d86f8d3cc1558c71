import { join } from "node:path";
import { complaintOf, run } from "./run.js";

/**
 * Each command of the package starts and tells what it can do.
 * @param {string} consumer
 * @param {import("./manifest.js").Manifest} manifest
 * @returns {Promise<string[]>}
 */
export async function checkCommands(consumer, { bin }) {
  const problems = [];
  for (const name of Object.keys(bin)) {
    const command = join(consumer, "node_modules/.bin", name);
    const outcome = await run(command, ["--help"], consumer);
    if (!outcome.ok || !outcome.stdout.includes(name)) {
      problems.push(`${name} --help fails:\n    ${complaintOf(outcome)}`);
    }
  }
  return problems;
}
