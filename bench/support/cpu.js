import { readdirSync, readFileSync } from "node:fs";

/**
 * Processor time of the server's backends that serve one login role, in microseconds. Wall time on a
 * shared machine says how busy the neighbours were; this says what a statement costs.
 * Linux only; elsewhere NaN.
 * @param {string} role
 */
export function serverCpu(role) {
  let total = 0;
  try {
    for (const pid of readdirSync("/proc")) {
      if (!/^\d+$/.test(pid)) continue;
      total += backendCpu(pid, role);
    }
  } catch {
    return Number.NaN;
  }
  return total;
}

/** @param {string} pid @param {string} role */
function backendCpu(pid, role) {
  try {
    const title = readFileSync(`/proc/${pid}/cmdline`, "utf8");
    if (!title.startsWith("postgres:") || !title.includes(` ${role} `)) return 0;
    return Number(readFileSync(`/proc/${pid}/schedstat`, "utf8").split(" ")[0]) / 1000;
  } catch {
    return 0; // gone meanwhile
  }
}
