import { parseArgs } from "node:util";

/**
 * Reads the command line: what every benchmark takes, with the defaults given, and what one takes besides.
 * @template {import("node:util").ParseArgsOptionsConfig} More
 * @param {{ rounds: number, milliseconds: number, concurrency: readonly number[] }} defaults
 * @param {More} more
 */
export function readOptions({ rounds, milliseconds, concurrency }, more) {
  const { values } = parseArgs({
    options: {
      rounds: { type: "string", default: String(rounds) },
      milliseconds: { type: "string", default: String(milliseconds) },
      concurrency: { type: "string", multiple: true, default: concurrency.map(String) },
      write: { type: "boolean", default: false },
      ...more,
    },
  });
  return {
    ...values,
    rounds: Number(values.rounds),
    milliseconds: Number(values.milliseconds),
    concurrency: values.concurrency.map(Number),
  };
}
