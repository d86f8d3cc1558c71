import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import { Kysely } from "kysely";
import type { Pool } from "pg";
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
import type { SourceMutant } from "./source-mutants.js";

const repository = resolve(import.meta.dirname, "../..");
const server = embeddedServer();

describe(suiteTitle("an ORM's extension with something wrong in it", server), () => {
  let stage: Stage;
  /** Inside the repository, so that the dependencies are found. */
  let folder: string;
  let copies = 0;

  beforeAll(async () => {
    stage = await createProbeStage(server);
    await mkdir(join(repository, ".tenantry"), { recursive: true });
    folder = await mkdtemp(join(repository, ".tenantry", "orm-mutants-"));
  });
  afterAll(async () => {
    await stage?.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function mutate({ file, changes }: SourceMutant): Promise<string> {
    const source = join(folder, `${(copies += 1)}`);
    for (const part of [
      "core",
      "database/session",
      "database/orm",
      "database/kysely",
      "database/drizzle",
    ]) {
      await cp(join(repository, "src", part), join(source, part), { recursive: true });
    }
    await cp(join(repository, "src/database/driver.ts"), join(source, "database/driver.ts"));
    let text = await readFile(join(source, file), "utf8");
    for (const [find, replacement] of changes) {
      // A mutant that no longer fits would survive without having been tried.
      expect([find, text.split(find).length - 1]).toEqual([find, 1]);
      text = text.replace(find, () => replacement);
    }
    await writeFile(join(source, file), text);
    return source;
  }

  it.each(kyselyMutants.map((mutant) => [mutant.name, mutant.killedBy, mutant] as const))(
    "is found out in Kysely's: %s (by %s)",
    async (_, killedBy, mutant) => {
      const path = join(await mutate(mutant), "database/kysely/index.ts");
      const { kyselyTenancy } = (await import(path)) as typeof KyselyTenancyModule;
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
    async (_, killedBy, mutant) => {
      const path = join(await mutate(mutant), "database/drizzle/index.ts");
      const { drizzleTenancy } = (await import(path)) as typeof DrizzleTenancyModule;
      const client = stage.tenantry.db as unknown as Pool;
      const db = drizzleTenancy(drizzle({ client, schema }), {
        sql,
        tables: [project, task, label],
      });
      const given = drizzleProbes(stage).find(({ name }) => name === killedBy)!;
      expect(await probe(stage, db, given)).not.toBe(given.outcome);
    },
  );
});
