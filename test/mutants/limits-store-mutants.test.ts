import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createLimitsStage, type LimitsStage } from "../limits/support/postgres.js";
import { storeGuards } from "../limits/support/store-guards.js";
import { embeddedServer, suiteTitle } from "../support/servers.js";
import { storeMutants } from "./limits-store-mutants.js";
import { severalTries } from "./several-tries.js";

const server = embeddedServer();

/** That nothing is found without a mutant is a test of test/limits/postgres.test.ts. */
describe(suiteTitle("counters in PostgreSQL with something wrong in their set-up", server), () => {
  let limits: LimitsStage;
  beforeEach(async () => {
    limits = await createLimitsStage(server);
  });
  afterEach(() => limits?.close());

  it.each(storeMutants.map((mutant) => [mutant.name, mutant.killedBy, mutant] as const))(
    "is found out: %s (by %s)",
    severalTries,
    async (_, killedBy, { sql }) => {
      await limits.stage.admin(sql.replaceAll("%login", limits.login));
      expect(await storeGuards[killedBy]!(limits)).not.toEqual([]);
    },
  );
});

it("names each mutant of the counters once, and all of them in the README", () => {
  const names = storeMutants.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  const readme = readFileSync(join(import.meta.dirname, "README.md"), "utf8");
  expect(
    storeMutants.filter(({ name, killedBy }) => !readme.includes(`- ${name} — \`${killedBy}\``)),
  ).toEqual([]);
});
