import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { edgeMutants } from "./edge-mutants.js";
import { edgeProbes, type EdgeCopy } from "./edge-probes.js";
import { openSourceCopies, type SourceCopies } from "./source-copy.js";
import type { SourceMutant } from "./source-mutants.js";
import { upgradeMutants } from "./upgrade-mutants.js";
import { upgradeProbes } from "./upgrade-probes.js";
import { severalTries } from "./several-tries.js";

const mutants = [...edgeMutants, ...upgradeMutants];
const probes = { ...edgeProbes, ...upgradeProbes };

describe("an edge with something wrong in it", () => {
  let copies: SourceCopies;

  beforeAll(async () => {
    copies = await openSourceCopies();
  });
  afterAll(() => copies?.remove());

  async function copy(mutant?: SourceMutant): Promise<EdgeCopy> {
    const module = await copies.copy(mutant?.file, mutant?.changes);
    return {
      index: await module("index.ts"),
      fastify: await module("http/fastify/index.ts"),
    };
  }
  /** A probe that throws, or never ends, has noticed, too. */
  const passes = (name: string, given: EdgeCopy) =>
    Promise.race([
      probes[name]!(given).catch((error: unknown) => String(error)),
      new Promise((resolve) => setTimeout(resolve, 3000, "never ends")),
    ]);

  it("has nothing wrong for any of the probes until it is mutated", async () => {
    const sound = await copy();
    const found: [string, unknown][] = [];
    for (const name of Object.keys(probes)) found.push([name, await passes(name, sound)]);
    expect(found.filter(([, right]) => right !== true)).toEqual([]);
  });

  it.each(mutants.map((mutant) => [mutant.name, mutant.killedBy, mutant] as const))(
    "is found out: %s (by %s)",
    severalTries,
    async (_, killedBy, mutant) => {
      expect(await passes(killedBy, await copy(mutant))).not.toBe(true);
    },
  );
});

it("names each mutant of the edges once, and all of them in the README", () => {
  const names = mutants.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  const readme = readFileSync(join(import.meta.dirname, "README.md"), "utf8");
  expect(
    mutants.filter(({ name, killedBy }) => !readme.includes(`- ${name} — \`${killedBy}\``)),
  ).toEqual([]);
});
