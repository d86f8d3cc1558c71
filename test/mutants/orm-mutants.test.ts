import { sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import { Kysely } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type * as DrizzleTenancyModule from "../../src/database/drizzle/index.js";
import type * as KyselyTenancyModule from "../../src/database/kysely/index.js";
import { project, schema, task } from "../conformance/orm/drizzle-tables.js";
import { kyselyDialect } from "../conformance/orm/kysely-host.js";
import { drizzleProbes, label } from "../database/orm/drizzle-probes.js";
import { executed, kyselyProbes, type ProbeTables } from "../database/orm/kysely-probes.js";
import { createProbeStage, probe } from "../database/orm/probe.js";
import type { Stage } from "../database/support/stage.js";
import { embeddedServer, suiteTitle } from "../support/servers.js";
import { drizzleMutants, kyselyMutants } from "./orm-mutants.js";
import { openSourceCopies, type SourceCopies } from "./source-copy.js";
import { severalTries } from "./several-tries.js";

/** What the extensions are made of. */
const parts = [
  "core",
  "database/driver.ts",
  "database/session",
  "database/orm",
  "database/kysely",
  "database/drizzle",
];
const server = embeddedServer();

describe(suiteTitle("an ORM's extension with something wrong in it", server), () => {
  let stage: Stage;
  let copies: SourceCopies;

  beforeAll(async () => {
    stage = await createProbeStage(server);
    copies = await openSourceCopies(parts);
  });
  afterAll(async () => {
    await stage?.close();
    await copies?.remove();
  });

  it.each(kyselyMutants.map((mutant) => [mutant.name, mutant.killedBy, mutant] as const))(
    "is found out in Kysely's: %s (by %s)",
    severalTries,
    async (_, killedBy, mutant) => {
      const module = await copies.copy(mutant.file, mutant.changes);
      const { kyselyTenancy } = await module<typeof KyselyTenancyModule>(
        "database/kysely/index.ts",
      );
      const dialect = kyselyTenancy({
        dialect: kyselyDialect(stage.tenantry.db),
        tables: ["project", "task", "label"],
      });
      const given = kyselyProbes(stage).find(({ name }) => name === killedBy)!;
      const db = new Kysely<ProbeTables>({ dialect });
      expect(await probe(stage, db, executed(given))).not.toBe(given.outcome);
    },
  );

  it.each(drizzleMutants.map((mutant) => [mutant.name, mutant.killedBy, mutant] as const))(
    "is found out in Drizzle's: %s (by %s)",
    severalTries,
    async (_, killedBy, mutant) => {
      const module = await copies.copy(mutant.file, mutant.changes);
      const { drizzleTenancy } = await module<typeof DrizzleTenancyModule>(
        "database/drizzle/index.ts",
      );
      const client = stage.tenantry.db;
      const db = drizzleTenancy(drizzle({ client, schema }), {
        sql,
        tables: [project, task, label],
      });
      const given = drizzleProbes(stage).find(({ name }) => name === killedBy)!;
      expect(await probe(stage, db, given)).not.toBe(given.outcome);
    },
  );
});
