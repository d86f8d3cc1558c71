import process from "node:process";
import { specifiersOf } from "./manifest.js";
import { complaintOf, run } from "./run.js";

/**
 * Each subpath imports alone, in a process of its own, and does nothing by being imported.
 * @param {string} consumer
 * @param {import("./manifest.js").Manifest} manifest
 * @returns {Promise<string[]>}
 */
export async function checkImports(consumer, manifest) {
  const problems = [];
  for (const specifier of specifiersOf(manifest)) {
    const script = `if (Object.keys(await import("${specifier}")).length === 0) throw new Error("it exports nothing");`;
    const outcome = await run(
      process.execPath,
      ["--input-type=module", "--eval", script],
      consumer,
    );
    if (!outcome.ok) {
      problems.push(`${specifier} does not import alone:\n    ${complaintOf(outcome)}`);
    } else if (outcome.stdout !== "" || outcome.stderr !== "") {
      problems.push(`${specifier} prints when imported:\n    ${complaintOf(outcome)}`);
    }
  }
  return problems;
}
