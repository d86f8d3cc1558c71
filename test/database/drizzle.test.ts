import { eq, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { drizzleTenancy, unscopedSql } from "tenantry/drizzle";
import { project, schema, task, unlisted } from "../conformance/orm/drizzle-tables.js";
import { refill } from "../conformance/orm/stage.js";
import type { PassedPool } from "../support/passed-pool.js";
import { embeddedServer, suiteTitle } from "../support/servers.js";
import { drizzleProbes, label, type Db } from "./orm/drizzle-probes.js";
import { createProbeStage, probe } from "./orm/probe.js";
import { codeOf, refusal } from "./support/outcome.js";
import type { Stage } from "./support/stage.js";

const server = embeddedServer();

describe(suiteTitle("Drizzle with the extension alone", server), () => {
  let stage: Stage;
  let client: PassedPool;
  let db: Db;
  beforeAll(async () => {
    stage = await createProbeStage(server);
    client = stage.tenantry.db;
    db = drizzleTenancy(drizzle({ client, schema }), { sql, tables: [project, task, label] });
  });
  afterAll(() => stage?.close());

  it.each(drizzleProbes({ a: { id: "" } } as Stage).map(({ name, outcome }) => [name, outcome]))(
    "keeps to the tenant: %s (%s)",
    async (name, outcome) => {
      const given = drizzleProbes(stage).find((each) => each.name === name)!;
      expect(await probe(stage, db, given)).toBe(outcome);
    },
  );

  it("sends what was prepared in one scope as the scope has it in which it is sent", async () => {
    await refill(stage);
    const prepared = stage.asA(() =>
      db
        .select({ title: project.title })
        .from(project)
        .where(eq(project.id, sql.placeholder("id")))
        .prepare("by_id"),
    );
    const find = async () => await prepared.execute({ id: 1 });
    const [a, b] = await Promise.all([stage.asA(find), stage.asB(find)]);
    expect([...a, ...b]).toEqual([{ title: "a-project-1" }, { title: "b-project-1" }]);
    expect(await codeOf(find)).toBe("SCOPE_REQUIRED");
  });

  it("scopes the queries inside of raw SQL that is named as such", async () => {
    await refill(stage);
    const { rows } = await stage.asA(
      async () =>
        await db.execute(
          sql`${unscopedSql("a test")} select * from ${db.select().from(project).as("p")}`,
        ),
    );
    expect(rows).toHaveLength(3);
    expect(refusal(() => unscopedSql(" "))).toBe("REASON_REQUIRED");
  });

  it("needs a query to be awaited inside its scope, as it is sent only then", async () => {
    const query = stage.asA(() => db.select().from(project));
    expect(await codeOf(() => query)).toBe("SCOPE_REQUIRED");
  });

  it("refuses options that cannot work", () => {
    const open = () => drizzle({ client });
    const code = (given: unknown, options: object) =>
      refusal(() => drizzleTenancy(given as Db, options as never));
    expect(code({}, { sql, tables: [] })).toBe("CONFIG_INVALID");
    expect(code(db, { sql, tables: [project] })).toBe("CONFIG_INVALID");
    expect(code(open(), { tables: [project] })).toBe("CONFIG_INVALID");
    expect(code(open(), { sql, tables: ["project"] })).toBe("CONFIG_INVALID");
    expect(code(open(), { sql, tables: project })).toBe("CONFIG_INVALID");
    expect(code(open(), { sql, tables: [project], global: [project] })).toBe("CONFIG_INVALID");
    expect(code(open(), { sql, tables: [project], column: "owner" })).toBe("CONFIG_INVALID");
    expect(code(open(), { sql, tables: [project], global: [unlisted] })).toBeNull();
    const cache = { strategy: () => "all", get: () => undefined, put: () => undefined };
    const cached = drizzle({ client, cache: cache as never });
    expect(code(cached, { sql, tables: [project] })).toBe("CONFIG_INVALID");
  });
});
