import { Kysely, PostgresDialect, sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { kyselyTenancy, unscopedSql } from "tenantry/kysely";
import { kyselyDialect, openKysely } from "../conformance/orm/kysely-host.js";
import { refill } from "../conformance/orm/stage.js";
import { embeddedServer, suiteTitle } from "../support/servers.js";
import { executed, kyselyProbes, type ProbeTables } from "./orm/kysely-probes.js";
import { createProbeStage, probe } from "./orm/probe.js";
import { codeOf, refusal } from "./support/outcome.js";
import type { Stage } from "./support/stage.js";

const server = embeddedServer();

describe(suiteTitle("Kysely with the extension alone", server), () => {
  let stage: Stage;
  let db: Kysely<ProbeTables>;
  beforeAll(async () => {
    stage = await createProbeStage(server);
    db = new Kysely<ProbeTables>({
      dialect: kyselyTenancy({
        dialect: kyselyDialect(stage.tenantry.db),
        tables: ["project", "task", "label"],
      }),
    });
  });
  afterAll(() => stage?.close());

  it.each(kyselyProbes({ a: { id: "" } } as Stage).map(({ name, outcome }) => [name, outcome]))(
    "keeps to the tenant: %s (%s)",
    async (name, outcome) => {
      const given = kyselyProbes(stage).find((each) => each.name === name)!;
      expect(await probe(stage, db, executed(given))).toBe(outcome);
    },
  );

  it("sends what was compiled in one scope as the scope has it in which it is sent", async () => {
    await refill(stage);
    const compiled = stage.asA(() => db.selectFrom("project").select("title").compile());
    const { rows } = await stage.asB(() => db.executeQuery(compiled));
    expect(rows.map(({ title }) => title)).toEqual(["b-project-1", "b-project-2", "b-project-3"]);
    expect(compiled.parameters).not.toContain(stage.a.id);
    expect(await codeOf(() => db.executeQuery(compiled))).toBe("SCOPE_REQUIRED");
  });

  it("streams the tenant's rows, in a transaction", async () => {
    await refill(stage);
    const seen = await stage.asA(() =>
      db.transaction().execute(async (tx) => {
        const titles: string[] = [];
        for await (const { title } of tx.selectFrom("project").select("title").stream(1)) {
          titles.push(title);
        }
        return titles;
      }),
    );
    expect(seen.sort()).toEqual(["a-project-1", "a-project-2", "a-project-3"]);
  });

  it("scopes the queries inside of raw SQL that is named as such", async () => {
    await refill(stage);
    const { rows } = await stage.asA(() =>
      sql<{ title: string }>`${unscopedSql("a test")} select * from (${db
        .selectFrom("project")
        .select("title")}) p`.execute(db),
    );
    expect(rows).toHaveLength(3);
    expect(refusal(() => unscopedSql(" "))).toBe("REASON_REQUIRED");
  });

  it("refuses options that cannot work", () => {
    const dialect = new PostgresDialect({ pool: stage.tenantry.db });
    const code = (options: object) => refusal(() => kyselyTenancy(options as never));
    expect(code({ tables: [] })).toBe("CONFIG_INVALID");
    expect(code({ dialect, tables: "project" })).toBe("CONFIG_INVALID");
    expect(code({ dialect, tables: ["a b"] })).toBe("CONFIG_INVALID");
    expect(code({ dialect, tables: ["a"], global: ["a"] })).toBe("CONFIG_INVALID");
    expect(code({ dialect, tables: [], column: "" })).toBe("CONFIG_INVALID");
    expect(code({ dialect, tables: [] })).toBeNull();
  });

  it("streams on the bare ORM too, and refuses a cursor outside of a transaction", async () => {
    const bare = openKysely(stage.tenantry.db, false);
    const stream = async (from: typeof bare) => {
      for await (const row of from.selectFrom("project").select("title").stream()) void row;
    };
    await stage.asA(() => bare.transaction().execute((tx) => stream(tx)));
    expect(await codeOf(() => stage.asA(() => stream(bare)))).toBe("STATEMENT_REFUSED");
  });
});
