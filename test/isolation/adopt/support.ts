import pg from "pg";
import { readCatalog } from "../../../src/isolation/catalog/read-catalog.js";
import { bringTogether } from "../../../src/isolation/adopt/bring-together.js";
import { draftManifest } from "../../../src/isolation/adopt/draft.js";
import { makePlan } from "../../../src/isolation/adopt/plan/make-plan.js";
import type { Manifest } from "../../../src/isolation/manifest/manifest.js";
import { createTestDatabase, type TestDatabase } from "../../support/databases.js";
import type { TestServer } from "../../support/servers.js";

/** A migrated database with somebody's schema and rows in it, and one superuser's connection. */
export interface Grown {
  readonly database: TestDatabase;
  readonly client: pg.Client;
  close(): Promise<void>;
}

/** @param login whose tables they are, and who adopts them */
export async function grow(
  server: TestServer,
  sql: string,
  login: "adminUrl" | "migratorUrl" = "adminUrl",
): Promise<Grown> {
  const database = await createTestDatabase(server);
  // Each of some hundred statements would wait for the disk.
  const options = "-c synchronous_commit=off";
  const client = new pg.Client({ connectionString: database[login], options });
  client.on("error", () => undefined);
  await client.connect();
  await client.query(sql);
  return {
    database,
    client,
    close: async () => {
      await client.end();
      await database.drop();
    },
  };
}

export async function draftOf(client: pg.Client, root: string, existing?: Manifest) {
  return draftManifest(await readCatalog(client), root, existing).manifest;
}

export async function adoptionOf(client: pg.Client, manifest: Manifest) {
  return bringTogether(await readCatalog(client), manifest);
}

export async function planOf(client: pg.Client, manifest: Manifest) {
  return makePlan(await adoptionOf(client, manifest));
}

/** Everything about the tables that an adoption could change, without what numbers objects. */
export async function shapeOf(client: pg.Client): Promise<unknown> {
  const { rows } = await client.query<{ shape: unknown }>(`
    select json_build_object(
      'tables', (select json_agg(t order by t.name) from (
        select c.oid::regclass::text as name, pg_get_userbyid(c.relowner) as owner, c.relrowsecurity, c.relforcerowsecurity, c.reloptions,
          (select json_agg(x order by x::text) from (select grantee::regrole::text, privilege_type from aclexplode(coalesce(c.relacl, acldefault(case c.relkind when 'S' then 's' else 'r' end::"char", c.relowner)))) x) as grants,
          (select json_agg(a order by a.attname) from (select attname, format_type(atttypid, atttypmod) as type, attnotnull, pg_get_expr(adbin, adrelid) as def
            from pg_attribute left join pg_attrdef on adrelid = attrelid and adnum = attnum where attrelid = c.oid and attnum > 0 and not attisdropped) a) as columns,
          (select json_agg(pg_get_constraintdef(k.oid) || k.convalidated || k.conname order by k.conname) from pg_constraint k where k.conrelid = c.oid and (k.conparentid = 0 or k.contype <> 'f')) as constraints,
          (select json_agg(pg_get_indexdef(i.indexrelid) || i.indisvalid order by 1) from (select * from pg_index where indrelid = c.oid order by pg_get_indexdef(indexrelid)) i) as indexes,
          (select json_agg(p.polname || pg_get_expr(p.polqual, p.polrelid) order by p.polname) from pg_policy p where p.polrelid = c.oid) as policies,
          (select json_agg(pg_get_triggerdef(g.oid) order by g.tgname) from pg_trigger g where g.tgrelid = c.oid and not g.tgisinternal) as triggers
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname not in ('pg_catalog', 'information_schema', 'tenantry', 'pg_toast') and c.relkind in ('r', 'p', 'v', 'S')) t),
      'functions', (select json_agg(p.proname order by p.proname) from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname in ('public', 'tenantry_adopt')),
      'schemas', (select json_agg(n.nspname || array_to_string(coalesce(n.nspacl, acldefault('n', n.nspowner)), ' ') order by n.nspname) from pg_namespace n where n.nspname !~ '^pg_|^tenantry'),
      'manifest', (select json_agg(m.relation::text) from tenantry.manifest m where m.relation::text not like 'tenantry%')
    ) as shape`);
  return rows[0]!.shape;
}
