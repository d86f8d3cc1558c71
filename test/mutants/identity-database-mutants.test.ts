import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openIdentityFixture, type IdentityFixture } from "../identity/support/identity-fixture.js";
import { embeddedServer, suiteTitle } from "../support/servers.js";
import { identityDatabaseMutants, layersMissing } from "./identity-database-mutants.js";
import { identityDatabaseProbes } from "./identity-database-probes.js";
import { severalTries } from "./several-tries.js";

const server = embeddedServer();

describe(suiteTitle("identity's part of the database with something wrong in it", server), () => {
  let fixture: IdentityFixture;
  beforeEach(async () => {
    fixture = await openIdentityFixture(server);
  });
  afterEach(() => fixture?.close());
  /** What the probe noticed, or null. Anything but an expectation that failed is a fault of the mutant. */
  const noticed = (name: string) =>
    identityDatabaseProbes[name]!(fixture).then(
      () => null,
      (error: Error) => {
        if (error.name !== "AssertionError") throw error;
        return error.message;
      },
    );

  it.each(Object.keys(identityDatabaseProbes))(
    "has nothing wrong for the probe %s until it is mutated",
    async (name) => expect(await noticed(name)).toBeNull(),
  );

  it.each(identityDatabaseMutants.map((mutant) => [mutant.name, mutant.killedBy, mutant] as const))(
    "is found out: %s (by %s)",
    severalTries,
    async (_, killedBy, { sql }) => {
      await fixture.admin(sql);
      expect(await noticed(killedBy)).not.toBeNull();
    },
  );

  it.each(layersMissing)("leaks nothing where only one layer is missing: %s", async (_, sql) => {
    await fixture.admin(sql);
    expect(await noticed("identity-is-held-to-its-tenant")).toBeNull();
  });
});

it("names each mutant of identity's database once, and all of them in the README", () => {
  const names = identityDatabaseMutants.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  const readme = readFileSync(join(import.meta.dirname, "README.md"), "utf8");
  const lines = identityDatabaseMutants.map(({ name, killedBy }) => `- ${name} — \`${killedBy}\``);
  expect(lines.filter((line) => !readme.includes(line))).toEqual([]);
});
