import { mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { cpus } from "node:os";
import process from "node:process";

const require = createRequire(import.meta.url);

/** Its name and installed version. @param {string} label @param {string} name the package's */
export const versionOf = (label, name = label) =>
  `${label} ${require(`${name}/package.json`).version}`;

/** @param {{ rounds: number, milliseconds: number | undefined }} options */
const conditions = ({ rounds, milliseconds }) =>
  `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? "?"}, loopback, ${milliseconds === undefined ? `median of ${rounds} rounds` : `${rounds} interleaved rounds of ${milliseconds} ms`}`;

/**
 * Writes `bench/results/<name>.md`, where `--write` asks for it.
 * @param {{ write: boolean, rounds: number, milliseconds: number | undefined }} options
 *   `milliseconds`: of each round, where rounds are that long
 * @param {{ name: string, title: string, about: readonly string[], text: string }} result
 *   `about`: what was compared, with versions, before what it ran on
 */
export function writeResult(options, { name, title, about, text }) {
  if (!options.write) return;
  const date = new Date().toISOString().slice(0, 10);
  const path = new URL(`../results/${name}.md`, import.meta.url);
  mkdirSync(new URL(".", path), { recursive: true });
  const ranOn = [...about, conditions(options)].join(", ");
  writeFileSync(path, `# ${title} (${date})\n\n${ranOn}.\n\n${text}\n`);
  console.log(`written to ${path.pathname}`);
}
