import { execFile } from "node:child_process";

/** @typedef {{ ok: boolean, stdout: string, stderr: string }} Outcome */

/**
 * Runs a command with no shell and no terminal, for at most five minutes.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {string} cwd
 * @returns {Promise<Outcome>}
 */
export function run(command, args, cwd) {
  return new Promise((done) => {
    const options = { cwd, timeout: 300_000, maxBuffer: 64 << 20, env: plainEnvironment() };
    const child = execFile(command, [...args], options, (error, stdout, stderr) => {
      done({ ok: error === null, stdout, stderr });
    });
    child.stdin?.end();
  });
}

/** What npm sets for its own scripts would point a nested npm at the wrong package. */
function plainEnvironment() {
  const kept = Object.entries(process.env).filter(
    ([name]) =>
      !/^npm_(package|lifecycle|command|execpath|node_execpath|config_local_prefix)/.test(name),
  );
  return { ...Object.fromEntries(kept), NO_COLOR: "1", FORCE_COLOR: "0" };
}

/**
 * What a failed command said, for a problem's message.
 * @param {Outcome} outcome
 */
export function complaintOf({ stdout, stderr }) {
  return `${stdout}\n${stderr}`.trim().split("\n").slice(0, 40).join("\n    ");
}
