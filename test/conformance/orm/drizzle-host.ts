import { asc, eq, inArray, sql, type SQL } from "drizzle-orm";
import { drizzle, type NodePgDatabase } from "drizzle-orm/node-postgres";
import { drizzleTenancy, unscopedSql } from "tenantry/drizzle";
import type { PassedPool } from "../../support/passed-pool.js";
import { project, schema, task, unlisted } from "./drizzle-tables.js";
import type { OrmHost, OrmTransaction, OrmWork } from "./host.js";

export type Database = NodePgDatabase<typeof schema>;

export function openDrizzle(pool: PassedPool, extension: boolean): Database {
  const db = drizzle({ client: pool, schema });
  return extension ? drizzleTenancy(db, { sql, tables: [project, task] }) : db;
}

export const drizzleHost: OrmHost = {
  name: "Drizzle",
  open(pool, { extension }) {
    const db = openDrizzle(pool, extension);
    return {
      ...workOn(db, extension),
      transaction: (work, isolation) =>
        db.transaction(
          (tx) => work(transactionOn(tx, extension)),
          isolation && { isolationLevel: isolation },
        ),
      batch: (id) => {
        const work = workOn(db, extension);
        return Promise.all([work.findById(id), work.list()]);
      },
      unnamedRaw: () => db.execute(sql`select title from project`),
      forge: (row, tenantId) => db.insert(project).values({ ...row, tenantId }),
      move: (id, tenantId) => db.update(project).set({ tenantId }).where(eq(project.id, id)),
      findByUndefined: () => db.query.project.findMany({ columns: fields, where: nothing }),
      removeByUndefined: async () => (await db.delete(project).where(nothing)).rowCount ?? 0,
      readUnlisted: () => db.select().from(unlisted),
      fail: () => db.select({ nothing: sql`1 / (${project.id} - ${project.id})` }).from(project),
    };
  },
};

const fields = { id: true, title: true } as const;
/** What a caller without types, or with looser ones, may pass. */
const nothing = undefined as unknown as SQL;
const columns = { id: project.id, title: project.title };

function transactionOn(
  tx: Parameters<Parameters<Database["transaction"]>[0]>[0],
  extension: boolean,
): OrmTransaction {
  return {
    ...workOn(tx, extension),
    savepoint: (work) => tx.transaction((inner) => work(workOn(inner, extension))),
  };
}

function workOn(
  db: Database | Parameters<Parameters<Database["transaction"]>[0]>[0],
  extension: boolean,
): OrmWork {
  const changed = ({ rowCount }: { rowCount: number | null }) => rowCount ?? 0;
  return {
    findById: async (id) =>
      (await db.select(columns).from(project).where(eq(project.id, id)))[0] ?? null,
    list: () => db.select(columns).from(project).orderBy(asc(project.id)),
    create: async (row) => {
      const [made] = await db.insert(project).values(row).returning();
      const { tenantId, ...rest } = made!;
      return { ...rest, tenant_id: tenantId };
    },
    createMany: async (rows) => changed(await db.insert(project).values([...rows])),
    upsert: async (row) => {
      await db
        .insert(project)
        .values(row)
        .onConflictDoUpdate({ target: [project.tenantId, project.id], set: { title: row.title } });
    },
    rename: async (id, title) =>
      changed(await db.update(project).set({ title }).where(eq(project.id, id))),
    renameAll: async (title) => changed(await db.update(project).set({ title })),
    remove: async (id) => changed(await db.delete(project).where(eq(project.id, id))),
    removeAll: async () => changed(await db.delete(project)),
    count: () => db.$count(project),
    withTasks: async (id) =>
      (await db.query.project.findFirst({
        columns: fields,
        where: eq(project.id, id),
        with: { tasks: { columns: fields, orderBy: asc(task.id) } },
      })) ?? null,
    joined: async () => {
      const rows = await db
        .select({ project: project.title, task: task.title })
        .from(project)
        .leftJoin(task, eq(task.projectId, project.id));
      return rows.map((row) => `${row.project}/${row.task ?? ""}`);
    },
    createWithTasks: (row, tasks) =>
      db.transaction(async (tx) => {
        await tx.insert(project).values(row);
        await tx.insert(task).values(tasks.map((each) => ({ ...each, projectId: row.id })));
      }),
    titlesAmongTasks: async () => {
      const ids = db.select({ id: task.projectId }).from(task);
      const rows = await db.select(columns).from(project).where(inArray(project.id, ids));
      return rows.map(({ title }) => title);
    },
    raw: async () => {
      const { rows } = await db.execute<{ title: string }>(
        extension
          ? sql`${unscopedSql("a test")} select title from project order by title`
          : sql`select title from project order by title`,
      );
      return rows.map(({ title }) => title);
    },
  };
}
