import { CompiledQuery, Kysely, sql, type QueryCreator } from "kysely";
import { jsonObjectFrom } from "kysely/helpers/postgres";
import { kyselyDialect, type Tables } from "../../conformance/orm/kysely-host.js";
import type { Stage } from "../support/stage.js";
import type { Outcome, Probe } from "./probe.js";

export interface ProbeTables extends Tables {
  label: { tenant_id?: string; id: number; title: string };
}
export type Db = Kysely<ProbeTables>;

type Run = Probe<Db>["run"];
const each = (outcome: Outcome, runs: Record<string, Run>): Probe<Db>[] =>
  Object.entries(runs).map(([name, run]) => ({ name, outcome, run }));
const titles = (from: QueryCreator<ProbeTables>) => from.selectFrom("project").select("title");

export const kyselyProbes = (stage: Stage): readonly Probe<Db>[] => [
  ...each("own", {
    "an OR in the filter": (db) =>
      titlesOf(db).where((eb) => eb.or([eb("id", "=", 1), eb("id", "=", 2)])),
    "an OR in raw text": (db) => titlesOf(db).where(sql<boolean>`true or true`),
    "an inner join": (db) =>
      db
        .selectFrom("task")
        .innerJoin("project as p", "p.id", "task.project_id")
        .select(["p.title", "task.title as task"]),
    "a left join": (db) =>
      db
        .selectFrom("project")
        .leftJoin("task as t", "t.project_id", "project.id")
        .selectAll(["project", "t"]),
    "a right join": (db) =>
      db.selectFrom("task").rightJoin("project", "project.id", "task.id").selectAll(),
    "a right join under aliases": (db) =>
      db.selectFrom("task as t").rightJoin("project as p", "p.id", "t.id").selectAll(),
    "a full join": (db) =>
      db.selectFrom("task").fullJoin("project", "project.id", "task.id").selectAll(),
    "a cross join": (db) => db.selectFrom("task").crossJoin("project").selectAll(),
    "two tables in FROM": (db) => db.selectFrom(["project", "task"]).selectAll(),
    "a lateral join": (db) =>
      db
        .selectFrom("project")
        .innerJoinLateral(
          (eb) => eb.selectFrom("task").select("task.title as task").as("t"),
          (join) => join.onTrue(),
        )
        .selectAll(),
    "a sub-select in the list": (db) =>
      db
        .selectFrom("project")
        .select((eb) => eb.selectFrom("project").select("project.title").limit(1).as("one")),
    "a sub-select in FROM": (db) =>
      db.selectFrom((eb) => eb.selectFrom("project").selectAll().as("p")).selectAll(),
    EXISTS: (db) =>
      db
        .selectFrom("project")
        .select("title")
        .where((eb) => eb.exists(eb.selectFrom("task").select("task.id"))),
    "a union": (db) => titlesOf(db).union(db.selectFrom("task").select("title")),
    "a WITH query": (db) => db.with("x", titles).selectFrom("x").selectAll(),
    "a recursive WITH query": (db) =>
      db
        .withRecursive("x(title)", (q) =>
          titles(q as unknown as Db).unionAll(
            q.selectFrom("x").select("x.title").where("x.title", "=", ""),
          ),
        )
        .selectFrom("x")
        .selectAll(),
    "a WITH query that deletes": (db) =>
      db
        .with("gone", (q) => q.deleteFrom("task").returning("title"))
        .selectFrom("gone")
        .selectAll(),
    "DISTINCT ON, GROUP BY and HAVING": (db) =>
      titlesOf(db)
        .distinctOn("id")
        .groupBy(["id", "title"])
        .having(sql<boolean>`true or true`),
    "FOR UPDATE": (db) => titlesOf(db).forUpdate(),
    "a JSON helper": (db) =>
      db
        .selectFrom("task")
        .select((eb) =>
          jsonObjectFrom(eb.selectFrom("project").select("project.title").limit(1)).as("p"),
        ),
    "FROM as a part of an expression": (db) =>
      titlesOf(db)
        .select(sql`trim(both ' ' from title) is distinct from title`.as("x"))
        .where(sql<boolean>`extract(epoch from now()) > 0`),
    "a function of raw text": (db) => titlesOf(db).select(sql`upper(${sql.ref("title")})`.as("u")),
    "an update FROM another table": (db) =>
      db
        .updateTable("project as p")
        .from("task as t")
        .set((eb) => ({ title: eb.ref("t.title") }))
        .where("t.title", "like", "b-%")
        .returning("p.title"),
    "an update to a raw value": (db) =>
      db
        .updateTable("project")
        .set({ title: sql`'a-' || id` })
        .returning("title"),
    "a delete USING another table": (db) =>
      db.deleteFrom("task").using("project").whereRef("project.id", "=", "task.id").returningAll(),
    "an insert of a select": (db) =>
      db
        .insertInto("label")
        .columns(["id", "title"])
        .expression((eb) =>
          eb.selectFrom("project").select(["project.id as id", "title"]).where("id", "=", 3),
        )
        .returningAll(),
    "an insert with the tenant's own id": (db) =>
      db.insertInto("label").values({ id: 9, title: "a", tenant_id: stage.a.id }).returningAll(),
    "a conflict of keys with another tenant's row": (db) =>
      db
        .insertInto("label")
        .values({ id: 1, title: "a" })
        .onConflict((oc) => oc.column("id").doUpdateSet({ title: "a" }))
        .returningAll(),
    "a conflict of keys with a filter of OR": (db) =>
      db
        .insertInto("label")
        .values({ id: 1, title: "a" })
        .onConflict((oc) =>
          oc
            .column("id")
            .doUpdateSet({ title: "a" })
            .where(sql<boolean>`true or true`),
        )
        .returningAll(),
    "no plugins": (db) => titlesOf(db.withoutPlugins()),
  }),
  ...each("refused", {
    "a raw sub-select": (db) =>
      db.selectFrom("project").select(sql`(select min(title) from project)`.as("x")),
    "a raw sub-select in TABLE's form": (db) =>
      titlesOf(db).where(sql<boolean>`exists (table project)`),
    "raw text for a table": (db) =>
      db.selectFrom(sql<{ title: string }>`project`.as("p")).selectAll(),
    "a table's name put into raw text": (db) =>
      db.selectFrom(sql<{ title: string }>`${sql.table("project")}`.as("p")).selectAll(),
    "text behind the query": (db) => titlesOf(db).modifyEnd(sql`or true`),
    "text behind an update": (db) =>
      db
        .updateTable("project")
        .set({ title: "a" })
        .modifyEnd(sql`or true`),
    "a bracket that closes the filter": (db) => titlesOf(db).where(sql<boolean>`true) or (true`),
    "a comment": (db) => titlesOf(db).where(sql<boolean>`true --`),
    "a quote left open": (db) => titlesOf(db).where(sql<boolean>`title = 'x`),
    "an E literal": (db) => titlesOf(db).where(sql<boolean>`title = E'\\'' or true --'`),
    "a word made of two pieces": (db) => titlesOf(db).select(sql`(sel${sql.raw("")}ect 1)`.as("x")),
    "a raw statement": (db) => sql`select title from project`.execute(db),
    "a statement compiled by hand": (db) =>
      db.executeQuery(CompiledQuery.raw("select title from project")),
    "a statement of another Kysely": (db) =>
      db.executeQuery(
        new Kysely<ProbeTables>({ dialect: kyselyDialect(stage.tenantry.db) })
          .selectFrom("project")
          .select("title")
          .compile(),
      ),
    "a table in no list": (db) => db.selectFrom("unlisted").selectAll(),
    "a table by its schema, listed without": (db) =>
      db.selectFrom("public.project" as "project").selectAll(),
    "a table in no list, under the name of a later WITH query": (db) =>
      db
        .with("x", (q) => q.selectFrom("unlisted").select("title"))
        .with("unlisted", (q) => titles(q as unknown as Db))
        .selectFrom("x")
        .selectAll(),
    "a write to a table in no list, under the name of a WITH query": (db) =>
      db
        .with("unlisted", (q) => titles(q as unknown as Db))
        .deleteFrom("unlisted")
        .returningAll(),
    "an insert into a table in no list, under the name of a WITH query": (db) =>
      db
        .with("unlisted", (q) => titles(q as unknown as Db))
        .insertInto("unlisted" as "label")
        .values({ id: 7, title: "a" }),
    "a WITH query named like a table": (db) =>
      db
        .with("project", (q) => q.selectFrom("task").selectAll())
        .selectFrom("project")
        .selectAll(),
    MERGE: (db) =>
      db.mergeInto("project").using("task", "task.id", "project.id").whenMatched().thenDelete(),
    DDL: (db) => db.schema.dropTable("project"),
    "a function's name with more in it": (db) =>
      titlesOf(db).select((eb) =>
        eb.fn("(select min(title) from project) || lower", ["title"]).as("x"),
      ),
    "setting the tenant": (db, b) => db.updateTable("project").set({ tenant_id: b }),
    "setting the tenant on a conflict": (db, b) =>
      db
        .insertInto("label")
        .values({ id: 1, title: "a" })
        .onConflict((oc) => oc.column("id").doUpdateSet({ tenant_id: b })),
    "an insert for another tenant": (db, b) =>
      db.insertInto("project").values({ id: 9, title: "b-forged", tenant_id: b }),
    "an insert for another tenant among many": (db, b) =>
      db.insertInto("project").values([
        { id: 8, title: "x" },
        { id: 9, title: "b-forged", tenant_id: b },
      ]),
    "an insert for a tenant of raw text": (db, b) =>
      db.insertInto("project").values({ id: 9, title: "b-x", tenant_id: sql<string>`${b}` }),
    "an insert of a select with a tenant": (db) =>
      db
        .insertInto("label")
        .columns(["id", "title", "tenant_id"])
        .expression((eb) => eb.selectFrom("label").select(["id", "title", "tenant_id"])),
    "undefined in a comparison": (db) =>
      titlesOf(db).where("id", "is distinct from", undefined as unknown as number),
    "a filter of nothing": (db) => titlesOf(db).where((eb) => eb.and([])),
  }),
  ...each("own", {
    "a raw value that goes on with the tenant": (db, b) =>
      db
        .updateTable("project")
        .set({ title: sql`'x', tenant_id = ${b}` })
        .where("id", "=", 3),
  }),
];

const titlesOf = (db: Db) => db.selectFrom("project").select("project.title");

/** A builder is executed, whatever it builds. */
export function executed(probe: Probe<Db>): Probe<Db> {
  return {
    ...probe,
    run: async (db, b) => {
      const made = probe.run(db, b) as { execute?: () => Promise<unknown> };
      return typeof made.execute === "function" ? made.execute() : made;
    },
  };
}
