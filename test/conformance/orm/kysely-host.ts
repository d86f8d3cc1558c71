import Cursor from "pg-cursor";
import { Kysely, PostgresDialect, sql } from "kysely";
import { jsonArrayFrom } from "kysely/helpers/postgres";
import { kyselyTenancy, unscopedSql } from "tenantry/kysely";
import type { ScopedPool } from "../../../src/database/pool/scoped-pool.js";
import type { OpenOrm, OrmHost, OrmWork } from "./host.js";

export interface Tables {
  project: { tenant_id?: string; id: number; title: string };
  task: { tenant_id?: string; id: number; project_id: number; title: string };
  unlisted: { tenant_id?: string; id: number; title: string | null };
}

export const kyselyDialect = (pool: ScopedPool): PostgresDialect =>
  new PostgresDialect({ pool, cursor: Cursor });

export const openKysely = (pool: ScopedPool, extension: boolean): Kysely<Tables> =>
  new Kysely<Tables>({
    dialect: extension
      ? kyselyTenancy({ dialect: kyselyDialect(pool), pool, tables: ["project", "task"] })
      : kyselyDialect(pool),
  });

export const kyselyHost: OrmHost = {
  name: "Kysely",
  open(pool, { extension }) {
    const db = openKysely(pool, extension);
    const orm: OpenOrm = {
      ...workOn(db, extension),
      // Kysely has savepoints on transactions that are begun and ended by hand.
      transaction: async (work, isolation) => {
        const begin = db.startTransaction();
        const chosen = isolation === undefined ? begin : begin.setIsolationLevel(isolation);
        const tx = await chosen.execute();
        try {
          const result = await work({
            ...workOn(tx, extension),
            async savepoint(inner) {
              const point = await tx.savepoint("one").execute();
              try {
                const done = await inner(workOn(point, extension));
                await point.releaseSavepoint("one").execute();
                return done;
              } catch (error) {
                await point.rollbackToSavepoint("one").execute();
                throw error;
              }
            },
          });
          await tx.commit().execute();
          return result;
        } catch (error) {
          await tx.rollback().execute();
          throw error;
        }
      },
      batch: (id) => {
        const work = workOn(db, extension);
        return Promise.all([work.findById(id), work.list()]);
      },
      unnamedRaw: () => sql`select title from project`.execute(db),
      forge: (project, tenantId) =>
        db
          .insertInto("project")
          .values({ ...project, tenant_id: tenantId })
          .execute(),
      move: (id, tenantId) =>
        db.updateTable("project").set({ tenant_id: tenantId }).where("id", "=", id).execute(),
      findByUndefined: () =>
        db
          .selectFrom("project")
          .select(["id", "title"])
          .where((eb) => eb.and(nothing))
          .execute(),
      removeByUndefined: async () => {
        const result = await db
          .deleteFrom("project")
          .where((eb) => eb.and(nothing))
          .executeTakeFirst();
        return Number(result.numDeletedRows);
      },
      readUnlisted: () => db.selectFrom("unlisted").selectAll().execute(),
      fail: () => db.selectNoFrom(sql`1 / 0`.as("nothing")).execute(),
    };
    return orm;
  },
};

/** What a caller without types, or with looser ones, may pass. */
const nothing = { id: undefined } as unknown as { id: number };

function workOn(db: Kysely<Tables>, extension: boolean): OrmWork {
  const fields = ["id", "title"] as const;
  return {
    findById: async (id) =>
      (await db.selectFrom("project").select(fields).where("id", "=", id).executeTakeFirst()) ??
      null,
    list: () => db.selectFrom("project").select(fields).orderBy("id").execute(),
    create: async (project) => {
      const row = await db
        .insertInto("project")
        .values(project)
        .returningAll()
        .executeTakeFirstOrThrow();
      return { ...row, tenant_id: row.tenant_id! };
    },
    createMany: async (projects) => {
      const result = await db
        .insertInto("project")
        .values([...projects])
        .executeTakeFirst();
      return Number(result.numInsertedOrUpdatedRows);
    },
    upsert: async (project) => {
      await db
        .insertInto("project")
        .values(project)
        .onConflict((oc) => oc.columns(["tenant_id", "id"]).doUpdateSet({ title: project.title }))
        .execute();
    },
    rename: async (id, title) =>
      Number(
        (await db.updateTable("project").set({ title }).where("id", "=", id).executeTakeFirst())
          .numUpdatedRows,
      ),
    renameAll: async (title) =>
      Number((await db.updateTable("project").set({ title }).executeTakeFirst()).numUpdatedRows),
    remove: async (id) =>
      Number(
        (await db.deleteFrom("project").where("id", "=", id).executeTakeFirst()).numDeletedRows,
      ),
    removeAll: async () =>
      Number((await db.deleteFrom("project").executeTakeFirst()).numDeletedRows),
    count: async () =>
      Number(
        (
          await db
            .selectFrom("project")
            .select((eb) => eb.fn.countAll().as("n"))
            .executeTakeFirstOrThrow()
        ).n,
      ),
    withTasks: async (id) =>
      (await db
        .selectFrom("project")
        .select(fields)
        .select((eb) =>
          jsonArrayFrom(
            eb
              .selectFrom("task")
              .select(fields)
              .whereRef("task.project_id", "=", "project.id")
              .orderBy("id"),
          ).as("tasks"),
        )
        .where("id", "=", id)
        .executeTakeFirst()) ?? null,
    joined: async () => {
      const rows = await db
        .selectFrom("project as p")
        .leftJoin("task as t", "t.project_id", "p.id")
        .select(["p.title as project", "t.title as task"])
        .execute();
      return rows.map(({ project, task }) => `${project}/${task ?? ""}`);
    },
    createWithTasks: async (project, tasks) => {
      await db
        .with("made", (q) => q.insertInto("project").values(project).returning("id"))
        .insertInto("task")
        .values(
          tasks.map((task) => ({
            ...task,
            project_id: (eb) => eb.selectFrom("made").select("id"),
          })),
        )
        .execute();
    },
    titlesAmongTasks: async () => {
      const rows = await db
        .selectFrom("project")
        .select("title")
        .where("id", "in", (eb) => eb.selectFrom("task").select("task.project_id"))
        .execute();
      return rows.map(({ title }) => title);
    },
    raw: async () => {
      const query = extension
        ? sql<{ title: string }>`${unscopedSql("a test")} select title from project order by title`
        : sql<{ title: string }>`select title from project order by title`;
      return (await query.execute(db)).rows.map(({ title }) => title);
    },
  };
}
