import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as sources from "../../src/identity/authorization/index.js";
import { openCodeStage, type CodeStage } from "../identity/support/code-stage.js";
import { embeddedServer, suiteTitle } from "../support/servers.js";
import { authorizationCodeMutants } from "./authorization-code-mutants.js";
import { authorizationCodeProbes } from "./authorization-code-probes.js";
import { authorizationMutants } from "./authorization-mutants.js";
import { authorizationProbes, type AuthorizationCopy } from "./authorization-probes.js";
import { openSourceCopies, type Changes, type SourceCopies } from "./source-copy.js";
import { severalTries } from "./several-tries.js";

const server = embeddedServer();
const mutants = [...authorizationMutants, ...authorizationCodeMutants];
const probes = { ...authorizationProbes, ...authorizationCodeProbes };

describe(suiteTitle("sign-in across hosts with something wrong in it", server), () => {
  let sound: CodeStage;
  let copies: SourceCopies;

  beforeAll(async () => {
    sound = await openCodeStage(server, sources);
    copies = await openSourceCopies(["core", "identity", "resolver"]);
  });
  afterAll(async () => {
    await sound?.close();
    await copies?.remove();
  });

  async function copy(file: string, changes: Changes): Promise<AuthorizationCopy> {
    const module = await copies.copy(file, changes);
    const code = await module<typeof sources>("identity/authorization/index.ts");
    return { code, stage: sound.madeBy(code) };
  }
  /** A probe that throws has noticed, too. */
  const passes = (name: string, given: AuthorizationCopy) =>
    probes[name]!(given).catch((error: unknown) => String(error));

  it.each(Object.keys(probes))(
    "has nothing wrong for the probe %s until it is mutated",
    async (name) => {
      expect(await passes(name, { code: sources, stage: sound })).toBe(true);
    },
  );

  it.each(mutants.map((mutant) => [mutant.name, mutant.killedBy, mutant] as const))(
    "is found out: %s (by %s)",
    severalTries,
    async (_, killedBy, { file, changes }) => {
      expect(await passes(killedBy, await copy(file, changes))).toBe(false);
    },
  );
});

it("names each mutant of sign-in across hosts once, and all of them in the README", () => {
  const names = mutants.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  const readme = readFileSync(join(import.meta.dirname, "README.md"), "utf8");
  expect(
    mutants.filter(({ name, killedBy }) => !readme.includes(`- ${name} — \`${killedBy}\``)),
  ).toEqual([]);
});
