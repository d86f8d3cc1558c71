import { serverCpu } from "./cpu.js";

/**
 * @typedef {(i: number) => Promise<unknown>} Way one operation; `i` counts up
 * @typedef {{ wall: number, node: number, server: number }} Sample microseconds per operation
 */

/**
 * Runs each way for a while, in turn, round after round, so that drift of the machine hits all
 * alike. The first round warms up and is thrown away.
 * @param {Record<string, Way>} ways
 * @param {{ concurrency: number, rounds: number, milliseconds: number, role: string }} settings
 * @returns {Promise<Record<string, Sample[]>>}
 */
export async function interleave(ways, { concurrency, rounds, milliseconds, role }) {
  /** @type {Record<string, Sample[]>} */
  const samples = Object.fromEntries(Object.keys(ways).map((name) => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    const names = Object.keys(ways);
    if (round % 2 === 1) names.reverse();
    for (const name of names) {
      const sample = await measure(ways[name], concurrency, milliseconds, role);
      if (round > 0) samples[name].push(sample);
    }
  }
  return samples;
}

/** @param {Way} way @param {number} concurrency @param {number} milliseconds @param {string} role */
async function measure(way, concurrency, milliseconds, role) {
  let count = 0;
  const serverBefore = serverCpu(role);
  const nodeBefore = process.cpuUsage();
  const startedAt = performance.now();
  const end = startedAt + milliseconds;
  const worker = async () => {
    while (performance.now() < end) await way((count += 1));
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  const wall = (performance.now() - startedAt) * 1000;
  const node = process.cpuUsage(nodeBefore);
  return {
    wall: wall / count,
    node: (node.user + node.system) / count,
    server: (serverCpu(role) - serverBefore) / count,
  };
}

/**
 * The ratio of two ways round by round, since neighbours in time are comparable.
 * @param {Sample[]} samples @param {Sample[]} base @param {keyof Sample} [what]
 */
export function ratios(samples, base, what = "wall") {
  return summary(samples.map((sample, i) => sample[what] / base[i][what]));
}

/** @param {number[]} values */
export function summary(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return {
    median: sorted[sorted.length >> 1],
    low: sorted[0],
    high: sorted[sorted.length - 1],
  };
}
