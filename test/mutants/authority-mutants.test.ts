import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type * as AuthorityModule from "../../src/identity/authority/index.js";
import { openAuthorityStage, type AuthorityStage } from "../identity/support/authority-stage.js";
import { embeddedServer, suiteTitle } from "../support/servers.js";
import { authorityDatabaseMutants, authorityMutants } from "./authority-mutants.js";
import { authorityProbes } from "./authority-probes.js";
import { openSourceCopies, type Changes, type SourceCopies } from "./source-copy.js";
import { severalTries } from "./several-tries.js";

const server = embeddedServer();

describe(suiteTitle("the authority with something wrong in it", server), () => {
  let sound: AuthorityStage;
  let copies: SourceCopies;

  beforeAll(async () => {
    sound = await openAuthorityStage(server);
    copies = await openSourceCopies(["core", "registry", "identity"]);
  });
  afterAll(async () => {
    await sound?.close();
    await copies?.remove();
  });
  afterEach(async () => {
    await sound.closeInstances();
    await sound.fixture.admin("delete from tenantry.denied_token");
  });

  async function copy(file: string, changes: Changes): Promise<AuthorityStage> {
    const module = await copies.copy(file, changes);
    return sound.madeBy(await module<typeof AuthorityModule>("identity/authority/index.ts"));
  }
  /** A probe that throws has noticed, too. */
  const passes = (name: string, given: AuthorityStage) =>
    authorityProbes[name]!(given).catch((error: unknown) => String(error));

  it.each(Object.keys(authorityProbes))(
    "has nothing wrong for the probe %s until it is mutated",
    async (name) => {
      expect(await passes(name, sound)).toBe(true);
    },
  );

  it.each(authorityMutants.map((mutant) => [mutant.name, mutant.killedBy, mutant] as const))(
    "is found out: %s (by %s)",
    severalTries,
    async (_, killedBy, { file, changes }) => {
      expect(await passes(killedBy, await copy(file, changes))).not.toBe(true);
    },
  );

  it.each(
    authorityDatabaseMutants.map((mutant) => [mutant.name, mutant.killedBy, mutant] as const),
  )("is found out: %s (by %s)", severalTries, async (_, killedBy, { sql, undo }) => {
    await sound.fixture.admin(sql);
    try {
      expect(await passes(killedBy, sound)).not.toBe(true);
    } finally {
      await sound.fixture.admin(undo);
    }
  });
});

it("names each mutant of the authority once, and all of them in the README", () => {
  const all = [...authorityMutants, ...authorityDatabaseMutants];
  const names = all.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  const readme = readFileSync(join(import.meta.dirname, "README.md"), "utf8");
  expect(
    authorityMutants.filter(
      ({ name, killedBy }) => !readme.includes(`- ${name} — \`${killedBy}\``),
    ),
  ).toEqual([]);
});
