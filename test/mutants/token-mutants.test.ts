import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  openKeyDatabase,
  type KeyDatabaseFixture,
} from "../../src/identity/token/keys/keys.test-support.js";
import { embeddedServer } from "../support/servers.js";
import { openSourceCopies, type Changes, type SourceCopies } from "./source-copy.js";
import { tokenMutants } from "./token-mutants.js";
import { tokenProbes, type TokenCopy } from "./token-probes.js";
import { severalTries } from "./several-tries.js";

describe("access tokens of our own with something wrong in them", () => {
  let copies: SourceCopies;
  let database: KeyDatabaseFixture;
  let sound: TokenCopy;

  beforeAll(async () => {
    database = await openKeyDatabase(embeddedServer());
    copies = await openSourceCopies(["core", "resolver", "identity/token"]);
    sound = await copy();
  });
  beforeEach(() => database.empty());
  afterAll(async () => {
    await copies?.remove();
    await database?.close();
  });

  async function copy(file?: string, changes?: Changes): Promise<TokenCopy> {
    const module = await copies.copy(file, changes);
    return {
      token: await module("identity/token/index.ts"),
      sealedKeys: await module("identity/token/keys/sealed-private-key.ts"),
      memory: await module("identity/token/verification-memory.ts"),
      database,
    };
  }
  /** A probe that throws has noticed, too. */
  const passes = (name: string, given: TokenCopy) =>
    tokenProbes[name]!(given).catch((error: unknown) => String(error));

  it.each(Object.keys(tokenProbes))(
    "have nothing wrong for the probe %s until they are mutated",
    async (name) => {
      expect(await passes(name, sound)).toBe(true);
    },
  );

  it.each(tokenMutants.map((mutant) => [mutant.name, mutant.killedBy, mutant] as const))(
    "are found out: %s (by %s)",
    severalTries,
    async (_, killedBy, { file, changes }) => {
      expect(await passes(killedBy, await copy(file, changes))).not.toBe(true);
    },
  );
});

it("names each mutant of access tokens once, and all of them in the README", () => {
  const names = tokenMutants.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  const readme = readFileSync(join(import.meta.dirname, "README.md"), "utf8");
  expect(names.filter((name) => !readme.includes(`- ${name} — \``))).toEqual([]);
});
