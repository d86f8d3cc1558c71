// What hashing and verifying a password take, and whether an unknown account can be told from a wrong
// password by its time. A note on this machine, and no proof: the tests count the work instead.
//   npm run build && node bench/password.js [--rounds 40 --milliseconds 200]
import { parseArgs } from "node:util";
import { createPasswordHasher } from "../dist/identity/password/hasher.js";
import { interleave, ratios, summary } from "./support/measure.js";

const { values: options } = parseArgs({
  options: {
    rounds: { type: "string", default: "40" },
    milliseconds: { type: "string", default: "200" },
  },
});
const settings = {
  rounds: Number(options.rounds),
  milliseconds: Number(options.milliseconds),
  concurrency: 1,
  role: "none",
};
const hasher = createPasswordHasher({ onEvent: () => undefined });
const password = "correct horse battery";
const phc = await hasher.hash(password);

/** @type {Record<string, import("./support/measure.js").Way>} */
const ways = {
  "wrong password": (i) => hasher.verify(`wrong ${i}`, phc),
  "unknown account": (i) => hasher.verify(`wrong ${i}`, null),
  "too long a password": () => hasher.verify("a".repeat(2_000), phc),
  "no hash in store": (i) => hasher.verify(`wrong ${i}`, "none"),
  "right password": () => hasher.verify(password, phc),
  hash: () => hasher.hash(password),
};
const samples = await interleave(ways, settings);
const base = samples["wrong password"];
process.stdout.write("milliseconds: lowest, median, highest; the same of the ratio to the first\n");
for (const [name, taken] of Object.entries(samples)) {
  const wall = summary(taken.map((sample) => sample.wall / 1_000));
  const ratio = ratios(taken, base);
  const show = (/** @type {{ low: number, median: number, high: number }} */ of) =>
    [of.low, of.median, of.high].map((value) => value.toFixed(2).padStart(8)).join("");
  process.stdout.write(`  ${name.padEnd(20)} ${show(wall)}  ${show(ratio)}\n`);
}
