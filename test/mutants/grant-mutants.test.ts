import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type * as GrantModule from "../../src/identity/grant/index.js";
import { openGrantStage, type GrantStage } from "../../src/identity/grant/grant.test-support.js";
import { embeddedServer, suiteTitle } from "../support/servers.js";
import { grantMutants } from "./grant-mutants.js";
import { grantProbes } from "./grant-probes.js";
import { openSourceCopies, type Changes, type SourceCopies } from "./source-copy.js";
import { severalTries } from "./several-tries.js";

const server = embeddedServer();

describe(suiteTitle("grants with something wrong in them", server), () => {
  let sound: GrantStage;
  let copies: SourceCopies;

  beforeAll(async () => {
    sound = await openGrantStage(server);
    copies = await openSourceCopies(["core", "identity"]);
  });
  afterAll(async () => {
    await sound?.close();
    await copies?.remove();
  });
  beforeEach(() => {
    sound.clock.now = Date.now();
  });

  async function copy(file: string, changes: Changes): Promise<GrantStage> {
    const module = await copies.copy(file, changes);
    return sound.madeBy(await module<typeof GrantModule>("identity/grant/index.ts"));
  }
  /** A probe that throws has noticed, too. */
  const passes = (name: string, given: GrantStage) =>
    grantProbes[name]!(given).catch((error: unknown) => String(error));

  it.each(Object.keys(grantProbes))(
    "have nothing wrong for the probe %s until they are mutated",
    async (name) => {
      expect(await passes(name, sound)).toBe(true);
    },
  );

  it.each(grantMutants.map((mutant) => [mutant.name, mutant.killedBy, mutant] as const))(
    "are found out: %s (by %s)",
    severalTries,
    async (_, killedBy, { file, changes }) => {
      expect(await passes(killedBy, await copy(file, changes))).toBe(false);
    },
  );
});

it("names each mutant of grants once, and all of them in the README", () => {
  const names = grantMutants.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  const readme = readFileSync(join(import.meta.dirname, "README.md"), "utf8");
  expect(
    grantMutants.filter(({ name, killedBy }) => !readme.includes(`- ${name} — \`${killedBy}\``)),
  ).toEqual([]);
});
