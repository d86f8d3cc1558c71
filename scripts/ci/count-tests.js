// Counts what vitest's JSON report says: `node count-tests.js <report> <allowed skips>` prints
// "passed failed skipped". A skipped test fails the run unless the list of allowed skips names it,
// with a reason: [{ "test": "<file> <full name>", "reason": "…" }].
import { readFileSync } from "node:fs";
import { relative } from "node:path";
import process from "node:process";

/**
 * @typedef {object} FileReport
 * @property {string} name
 * @property {string} status
 * @property {string} message
 * @property {readonly { fullName: string, status: string }[]} assertionResults
 */

const [report = "", allowedSkips = ""] = process.argv.slice(2);
/** @type {{ success: boolean, testResults: FileReport[] }} */
const { success, testResults } = read(report);
/** @type {{ test: string, reason: string }[]} */
const allowed = read(allowedSkips);

const counts = { passed: 0, failed: 0, skipped: 0 };
for (const file of testResults) countFile(file);
if (testResults.length === 0) complain("no test ran");
if (!success && counts.failed === 0) {
  complain("vitest failed although no test did: an error outside of the tests");
}
console.log(`${counts.passed} ${counts.failed} ${counts.skipped}`);
process.exitCode = counts.failed === 0 ? 0 : 1;

/** @param {FileReport} file */
function countFile({ name, status, message, assertionResults }) {
  const path = relative(process.cwd(), name);
  if (status === "failed" && !assertionResults.some((test) => test.status === "failed")) {
    complain(`${path} failed outside of its tests: ${message}`);
  }
  for (const test of assertionResults) countTest(`${path} ${test.fullName}`, test.status);
}

/**
 * @param {string} test
 * @param {string} status
 */
function countTest(test, status) {
  if (status === "passed") counts.passed += 1;
  else if (status === "failed") counts.failed += 1;
  else if (allowed.some((skip) => skip.test === test && skip.reason.length > 0))
    counts.skipped += 1;
  else complain(`${test} did not run (${status}), and .ci/allowed-skips.json does not allow it`);
}

/** @param {string} message */
function complain(message) {
  console.error(`count: ${message}`);
  counts.failed += 1;
}

/** @param {string} path */
function read(path) {
  return JSON.parse(readFileSync(path, "utf8"));
}
