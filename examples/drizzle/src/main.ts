import { fileURLToPath } from "node:url";
import { asc, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import { migrate as runMigrations } from "drizzle-orm/node-postgres/migrator";
import pg from "pg";
import { createTenantry, fromHost, isTenantryError } from "tenantry";
import { drizzleTenancy } from "tenantry/drizzle";
import { startDevelopmentDatabase } from "tenantry/embedded";
import * as schema from "./tables.js";

const { country, project, task } = schema;

const postgres = await startDevelopmentDatabase({ directory: ".tenantry/example-drizzle" });
const { environment } = postgres;
await migrate(environment.TENANTRY_MIGRATION_DATABASE_URL);

const tenantry = createTenantry({
  database: { url: environment.DATABASE_URL, pg },
  operatorDatabase: environment.TENANTRY_OPERATOR_DATABASE_URL,
  secret: environment.TENANTRY_SECRET,
  resolve: [fromHost({ baseDomain: "localhost" })],
});

const db = drizzleTenancy(drizzle({ client: tenantry.db, schema }), {
  sql,
  tables: [project, task],
  global: [country],
});

try {
  await tenantry.ready();
  for (const slug of ["acme", "globex"]) {
    if ((await tenantry.tenants.find({ by: "slug", value: slug })) === null) {
      await tenantry.tenants.create({ slug, name: slug });
    }
    await tenantry.enter(slug, { reason: "example" }, () => fill(slug));
  }
  for (const slug of ["acme", "globex"]) {
    await tenantry.enter(slug, { reason: "example" }, async () => {
      console.log(slug, "sees", JSON.stringify(await projects()));
      await tryToSetTheTenant(slug);
    });
  }
} finally {
  await tenantry.close();
  await postgres.stop();
}

/** The same ids for every tenant: each has its own rows under them. */
async function fill(slug: string): Promise<void> {
  await db.transaction(async (tx) => {
    await tx
      .insert(project)
      .values({ id: 1, title: `A secret of ${slug}`, country: slug === "acme" ? "ch" : "jp" })
      .onConflictDoNothing();
    await tx
      .insert(task)
      .values({ id: 1, projectId: 1, title: `A task of ${slug}` })
      .onConflictDoNothing();
  });
}

/** No filter at all: what PostgreSQL and the extension leave of the table. */
async function projects() {
  return await db.query.project.findMany({
    columns: { id: true, title: true, country: true },
    with: { tasks: { columns: { title: true }, orderBy: asc(task.id) } },
  });
}

async function tryToSetTheTenant(slug: string): Promise<void> {
  const other = await tenantry.tenants.find({
    by: "slug",
    value: slug === "acme" ? "globex" : "acme",
  });
  if (other === null) return;
  try {
    await db.update(project).set({ tenantId: other.id });
    throw new Error("a row went to another tenant");
  } catch (error) {
    if (!isTenantryError(error, "STATEMENT_REFUSED")) throw error;
    console.log(slug, "cannot give its rows away:", error.code);
  }
}

async function migrate(url: string): Promise<void> {
  const pool = new pg.Pool({ connectionString: url, max: 1 });
  try {
    await runMigrations(drizzle({ client: pool }), {
      migrationsFolder: fileURLToPath(new URL("../migrations", import.meta.url)),
    });
  } finally {
    await pool.end();
  }
}
