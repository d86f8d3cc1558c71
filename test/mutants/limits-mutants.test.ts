import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { limitsMutants } from "./limits-mutants.js";
import { limitsProbes, type LimitsCopy } from "./limits-probes.js";
import { openSourceCopies, type Changes, type SourceCopies } from "./source-copy.js";
import { severalTries } from "./several-tries.js";

describe("limits and telemetry with something wrong in them", () => {
  let copies: SourceCopies;
  let sound: LimitsCopy;

  beforeAll(async () => {
    copies = await openSourceCopies(["core", "limits", "telemetry"]);
    sound = await copy();
  });
  afterAll(() => copies?.remove());

  async function copy(file?: string, changes?: Changes): Promise<LimitsCopy> {
    const module = await copies.copy(file, changes);
    return {
      limits: await module("limits/index.ts"),
      telemetry: await module("telemetry/index.ts"),
    };
  }
  /** A probe that throws has noticed, too. */
  const passes = (name: string, given: LimitsCopy) =>
    limitsProbes[name]!(given).catch((error: unknown) => String(error));

  it.each(Object.keys(limitsProbes))(
    "has nothing wrong for the probe %s until it is mutated",
    async (name) => {
      expect(await passes(name, sound)).toBe(true);
    },
  );

  it.each(limitsMutants.map((mutant) => [mutant.name, mutant.killedBy, mutant] as const))(
    "is found out: %s (by %s)",
    severalTries,
    async (_, killedBy, { file, changes }) => {
      expect(await passes(killedBy, await copy(file, changes))).not.toBe(true);
    },
  );
});

it("names each mutant of limits and telemetry once, and all of them in the README", () => {
  const names = limitsMutants.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  const readme = readFileSync(join(import.meta.dirname, "README.md"), "utf8");
  expect(names.filter((name) => !readme.includes(`- ${name} — \``))).toEqual([]);
});
