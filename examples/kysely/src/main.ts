import { readFile } from "node:fs/promises";
import { Kysely, PostgresDialect } from "kysely";
import { jsonArrayFrom } from "kysely/helpers/postgres";
import pg from "pg";
import { createTenantry, fromHost, isTenantryError } from "tenantry";
import { startDevelopmentDatabase } from "tenantry/embedded";
import { kyselyTenancy } from "tenantry/kysely";
import type { Tables } from "./tables.js";

const postgres = await startDevelopmentDatabase({ directory: ".tenantry/example-kysely" });
const { environment } = postgres;
await migrate(environment.TENANTRY_MIGRATION_DATABASE_URL);

const tenantry = createTenantry({
  database: environment.DATABASE_URL,
  operatorDatabase: environment.TENANTRY_OPERATOR_DATABASE_URL,
  secret: environment.TENANTRY_SECRET,
  resolve: [fromHost({ baseDomain: "localhost" })],
});

const db = new Kysely<Tables>({
  dialect: kyselyTenancy({
    dialect: new PostgresDialect({ pool: tenantry.db }),
    pool: tenantry.db,
    tables: ["project", "task"],
    global: ["country"],
  }),
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
  await db.transaction().execute(async (tx) => {
    await tx
      .insertInto("project")
      .values({ id: 1, title: `A secret of ${slug}`, country: slug === "acme" ? "ch" : "jp" })
      .onConflict((conflict) => conflict.columns(["tenant_id", "id"]).doNothing())
      .execute();
    await tx
      .insertInto("task")
      .values({ id: 1, project_id: 1, title: `A task of ${slug}` })
      .onConflict((conflict) => conflict.columns(["tenant_id", "id"]).doNothing())
      .execute();
  });
}

/** No filter at all: what PostgreSQL and the extension leave of the table. */
function projects() {
  return db
    .selectFrom("project")
    .leftJoin("country", "country.code", "project.country")
    .select(["project.id", "project.title", "country.name as country"])
    .select((eb) =>
      jsonArrayFrom(
        eb.selectFrom("task").select("task.title").whereRef("task.project_id", "=", "project.id"),
      ).as("tasks"),
    )
    .execute();
}

async function tryToSetTheTenant(slug: string): Promise<void> {
  const other = await tenantry.tenants.find({
    by: "slug",
    value: slug === "acme" ? "globex" : "acme",
  });
  if (other === null) return;
  try {
    await db.updateTable("project").set({ tenant_id: other.id }).execute();
    throw new Error("a row went to another tenant");
  } catch (error) {
    if (!isTenantryError(error, "STATEMENT_REFUSED")) throw error;
    console.log(slug, "cannot give its rows away:", error.code);
  }
}

async function migrate(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query("select to_regclass('public.project') as project");
    const file = new URL("../migrations/000001_tables.sql", import.meta.url);
    if ((rows as { project: string | null }[])[0]?.project === null) {
      await client.query(`begin; ${await readFile(file, "utf8")}; commit`);
    }
  } finally {
    await client.end();
  }
}
