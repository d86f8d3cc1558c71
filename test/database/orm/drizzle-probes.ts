import { and, count, eq, exists, getTableColumns, gt, or, sql, type SQL } from "drizzle-orm";
import { drizzle, type NodePgDatabase } from "drizzle-orm/node-postgres";
import { alias, integer, pgTable, pgView, QueryBuilder, text, uuid } from "drizzle-orm/pg-core";
import type { schema } from "../../conformance/orm/drizzle-tables.js";
import { project, task, unlisted } from "../../conformance/orm/drizzle-tables.js";
import type { Stage } from "../support/stage.js";
import type { Outcome, Probe } from "./probe.js";

export type Db = NodePgDatabase<typeof schema>;

export const label = pgTable("label", {
  tenantId: uuid("tenant_id"),
  id: integer().primaryKey(),
  title: text().notNull(),
});

type Run = Probe<Db>["run"];
const each = (outcome: Outcome, runs: Record<string, Run>): Probe<Db>[] =>
  Object.entries(runs).map(([name, run]) => ({ name, outcome, run }));

const always = sql`true or true`;
const nothing = undefined as unknown as SQL;
const p = alias(project, "p");
const titles = (db: Pick<Db, "select">) => db.select({ title: project.title }).from(project);
const tasks = (db: Pick<Db, "select">) => db.select({ title: task.title }).from(task);
const oldFashioned = { target: label.id, set: { title: "a" }, where: always };
const conflicting = { id: 1, title: "a" };

export const drizzleProbes = (stage: Stage): readonly Probe<Db>[] => [
  ...each("own", {
    "an OR in the filter": (db) => titles(db).where(or(eq(project.id, 1), gt(project.id, 1))),
    "an OR in raw text": (db) => titles(db).where(always),
    "all columns": (db) => db.select().from(project),
    "an alias": (db) => db.select().from(p).where(always),
    "an inner join": (db) => db.select().from(task).innerJoin(p, eq(p.id, task.projectId)),
    "a left join": (db) => db.select().from(project).leftJoin(task, always),
    "a cross join": (db) => db.select().from(project).crossJoin(task),
    "a lateral join": (db) =>
      db
        .select()
        .from(project)
        .innerJoinLateral(tasks(db).as("t"), sql`true`),
    "a sub-select in FROM": (db) => db.select().from(titles(db).as("x")),
    "a sub-select in the list": (db) =>
      db.select({ x: sql<string>`${titles(db).limit(1)}` }).from(task),
    EXISTS: (db) => titles(db).where(exists(tasks(db))),
    "a union": (db) => titles(db).union(tasks(db)),
    "a WITH query": (db) => {
      const x = db.$with("x").as((qb) => titles(qb as unknown as Db));
      return db.with(x).select().from(x);
    },
    "two WITH queries": (db) => {
      const x = db.$with("x").as(titles(db));
      const y = db.$with("y").as(db.select({ title: x.title }).from(x));
      return db.with(x, y).select().from(y);
    },
    "a WITH query that is read in a sub-select": (db) => {
      const x = db.$with("x").as(titles(db));
      return db.with(x).select().from(db.select().from(x).as("inner"));
    },
    "a WITH query that deletes": (db) => {
      const x = db.$with("x").as(db.delete(task).returning({ title: task.title }));
      return db.with(x).select().from(x);
    },
    "DISTINCT ON, GROUP BY, HAVING and ORDER BY": (db) =>
      db
        .selectDistinctOn([project.id], { title: project.title, n: count() })
        .from(project)
        .groupBy(project.id, project.title)
        .having(always)
        .orderBy(project.id),
    "FOR UPDATE": (db) => titles(db).for("update", { of: project, skipLocked: true }),
    "a relational query": (db) =>
      db.query.project.findMany({ where: always, with: { tasks: { where: always } } }),
    "a relational query with a limit": (db) =>
      db.query.project.findMany({ with: { tasks: { limit: 1, orderBy: task.id } }, limit: 2 }),
    "a relational query from the other side": (db) =>
      db.query.task.findMany({
        with: { project: true },
        extras: { upper: sql<string>`upper(${task.title})`.as("upper") },
      }),
    "a relational query with a filter by function": (db) =>
      db.query.project.findFirst({ where: (t, { eq: equals }) => equals(t.id, 1) }),
    $count: async (db) => assertCount(await db.$count(project), 3),
    "$count with a filter": async (db) => assertCount(await db.$count(project, always), 3),
    "$count among the columns": (db) => db.select({ n: db.$count(task, always) }).from(project),
    "an update FROM another table": (db) =>
      db
        .update(project)
        .set({ title: sql`${task.title}` })
        .from(task)
        .where(sql`${task.title} like 'b-%' or ${task.title} like 'b-%'`)
        .returning({ title: project.title }),
    "an update of an alias": (db) => db.update(p).set({ title: "a" }).where(always).returning(),
    "a delete with a filter of OR": (db) => db.delete(task).where(always).returning(),
    "an insert with the tenant's own id": (db) =>
      db.insert(label).values({ id: 9, title: "a", tenantId: stage.a.id }).returning(),
    "a conflict of keys with another tenant's row": (db) =>
      db
        .insert(label)
        .values(conflicting)
        .onConflictDoUpdate({ target: label.id, set: { title: "a" } })
        .returning(),
    "a conflict of keys with a filter of OR": (db) =>
      db
        .insert(label)
        .values(conflicting)
        .onConflictDoUpdate({ target: label.id, set: { title: "a" }, setWhere: always })
        .returning(),
    "a conflict of keys with an old-fashioned filter": (db) =>
      db.insert(label).values(conflicting).onConflictDoUpdate(oldFashioned).returning(),
    "a conflict of keys that does nothing": (db) =>
      db.insert(label).values(conflicting).onConflictDoNothing({ target: label.id }).returning(),
    "a conflict of any keys that does nothing": (db) =>
      db.insert(label).values(conflicting).onConflictDoNothing().returning(),
    "a raw value that goes on with the tenant": (db, b) =>
      db
        .update(project)
        .set({ title: sql`'x', tenant_id = ${b}` })
        .where(eq(project.id, 3)),
    "a transaction in a transaction": (db) =>
      db.transaction((tx) =>
        tx.transaction(async (inner) => [
          await titles(inner),
          await inner.$count(project, always),
          await inner.query.project.findMany({ where: always }),
        ]),
      ),
  }),
  ...each("refused", {
    "a raw sub-select": (db) => db.select({ x: sql`(select min(title) from project)` }).from(task),
    "a raw sub-select in TABLE's form": (db) => titles(db).where(sql`exists (table ${project})`),
    "raw text for a table": (db) => db.select({ x: sql`title` }).from(sql`project`),
    "raw text for a join": (db) => titles(db).innerJoin(sql`project p2`, always),
    "a query of another builder": (db) =>
      db.select().from(new QueryBuilder().select().from(project).as("x")),
    "a query of another builder in the filter": (db) =>
      titles(db).where(exists(new QueryBuilder().select().from(task))),
    "a union with a query of another builder": (db) =>
      titles(db).union(new QueryBuilder().select({ title: project.title }).from(project) as never),
    "a WITH query of another builder": (db) => {
      const x = db.$with("x").as(new QueryBuilder().select().from(project));
      return db.with(x).select().from(x);
    },
    "a WITH query that is not defined": (db) => {
      const x = db.$with("unlisted").as(titles(db));
      return db.select().from(x);
    },
    "a WITH query that is defined later": (db) => {
      const x = db.$with("unlisted").as(titles(db));
      const y = db.$with("y").as(db.select({ title: x.title }).from(x));
      return db.with(y, x).select().from(y);
    },
    "a WITH query that the other side of a union defined": (db) => {
      const x = db.$with("unlisted").as(titles(db));
      const other = db.select({ title: x.title }).from(x);
      return db.with(x).select({ title: x.title }).from(x).union(other);
    },
    "a WITH query named like a table": (db) => {
      const x = db.$with("project").as(tasks(db));
      return db.with(x).select().from(x);
    },
    "a bracket that closes the filter": (db) => titles(db).where(sql`true) or (true`),
    "text appended to a query": async (db) => {
      const query = db.select().from(project).where(eq(project.id, 1)).getSQL();
      try {
        return await db.execute(query.append(sql` or true`));
      } catch (error) {
        // The list of pieces is frozen.
        if (error instanceof TypeError) return db.select().from(unlisted);
        throw error;
      }
    },
    "a comment": (db) => titles(db).where(sql`true --`),
    "a word made of two pieces": (db) =>
      db.select({ x: sql`(sel${sql.raw("")}ect 1)` }).from(project),
    "a raw statement": (db) => db.execute(sql`select title from project`),
    "a raw statement of text": (db) => db.execute("select title from project"),
    "a raw statement that begins like a transaction": (db) =>
      db.execute(sql`begin; select title from project`),
    "the session itself": (db) =>
      (db as unknown as { session: { execute(text: SQL): unknown } }).session.execute(
        sql`select title from project`,
      ),
    "a query that was prepared by hand": (db) =>
      (
        db as unknown as { session: { prepareQuery(...given: unknown[]): { execute(): unknown } } }
      ).session
        .prepareQuery({ sql: "select title from project", params: [] }, undefined, undefined, false)
        .execute(),
    "a statement of another database": (db) =>
      db.execute(drizzle({ client: stage.tenantry.db }).select().from(project).getSQL()),
    "a table in no list": (db) => db.select().from(unlisted),
    "a relational query of a table in no list": (db) => db.query.unlisted.findMany(),
    "a view": (db) =>
      db.select().from(pgView("v", { title: text() }).as(sql`select title from project`)),
    "a right join": (db) => titles(db).rightJoin(task, always),
    "a full join": (db) => titles(db).fullJoin(task, always),
    "setting the tenant": (db, b) => db.update(project).set({ tenantId: b }),
    "setting the tenant on a conflict": (db, b) =>
      db
        .insert(label)
        .values(conflicting)
        .onConflictDoUpdate({ target: label.id, set: { tenantId: b } }),
    "an insert for another tenant": (db, b) =>
      db.insert(project).values({ id: 9, title: "b-forged", tenantId: b }),
    "an insert for another tenant among many": (db, b) =>
      db.insert(project).values([
        { id: 8, title: "x" },
        { id: 9, title: "b-forged", tenantId: b },
      ]),
    "an insert for a tenant of raw text": (db, b) =>
      db.insert(project).values({ id: 9, title: "b-x", tenantId: sql`${b}` }),
    "an insert of a select": (db) =>
      db.insert(label).select(db.select(getTableColumns(label)).from(label)),
    "undefined in a comparison": (db) => titles(db).where(eq(project.id, nothing)),
    "a filter of nothing": (db) => titles(db).where(and()),
    "an undefined filter": (db) => db.delete(project).where(nothing),
    "an undefined filter of an update": (db) =>
      db.update(project).set({ title: "a" }).where(nothing),
    "an undefined filter of $count": (db) => db.$count(project, nothing),
    "an undefined filter of a relational query": (db) =>
      db.query.project.findFirst({ where: nothing }),
    "an undefined filter of a relation": (db) =>
      db.query.project.findFirst({ with: { tasks: { where: nothing } } }),
    "an undefined filter by function": (db) => db.query.project.findMany({ where: () => nothing }),
    "an undefined filter in a transaction": (db) =>
      db.transaction((tx) => tx.query.project.findMany({ where: nothing })),
    "raw SQL in a transaction": (db) =>
      db.transaction((tx) => tx.execute(sql`select title from project`)),
    "raw SQL in a transaction in a transaction": (db) =>
      db.transaction((tx) =>
        tx.transaction((inner) => inner.execute(sql`select title from project`)),
      ),
  }),
];

function assertCount(counted: number, expected: number): number {
  if (counted !== expected) throw new Error(`counted ${counted}`);
  return counted;
}
