// Sets the database up and starts Next.js; `tenantry dev -- node start.js` runs it with a database.
import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import pg from "pg";
import { createTenantry, fromHost } from "tenantry";

const migrator = new pg.Client(process.env.TENANTRY_MIGRATION_DATABASE_URL);
await migrator.connect();
await migrator.query(await readFile(new URL("migration.sql", import.meta.url), "utf8"));
await migrator.end();

const tenantry = createTenantry({
  database: process.env.DATABASE_URL,
  operatorDatabase: process.env.TENANTRY_OPERATOR_DATABASE_URL,
  resolve: [fromHost({ baseDomain: "localhost" })],
  secret: process.env.TENANTRY_SECRET,
});
await tenantry.ready();
for (const slug of ["acme", "globex"]) {
  const known = await tenantry.tenants.find({ by: "slug", value: slug });
  if (known !== null) continue;
  const name = slug === "acme" ? "Acme" : "Globex";
  const { id } = await tenantry.tenants.create({ slug, name });
  await tenantry.enter(id, { reason: "first notes" }, async () => {
    for (const number of [1, 2, 3]) {
      const body = `${name}'s note ${number}`;
      await tenantry.db.query("insert into note (id, body) values ($1, $2)", [number, body]);
    }
  });
}
await tenantry.close();

const port = process.env.PORT ?? "3000";
const next = createRequire(import.meta.url).resolve("next/dist/bin/next");
const child = spawn(process.execPath, [next, "start", "--port", port], { stdio: "inherit" });
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
child.on("exit", (code) => process.exit(code ?? 1));
console.log(`http://acme.localhost:${port}/\nhttp://globex.localhost:${port}/`);
