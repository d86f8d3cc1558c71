import { mkdir } from "node:fs/promises";
import { resolve } from "node:path";
import { expect, it } from "vitest";
import { typeProblems } from "../../support/type-problems.js";

const scratch = resolve(import.meta.dirname, "../../../.tenantry");

const sample = `
import { drizzle } from "drizzle-orm/node-postgres";
import { PostgresDialect } from "kysely";
import pg from "pg";
import Cursor from "pg-cursor";
import { createTenantry, type ResolverOption, type ScopedClient, type Tenantry } from "tenantry";
declare const secret: string, url: string, untyped: any, resolve: ResolverOption[];
const own = createTenantry({ database: { url, pg }, resolve, secret });
const plain = createTenantry({ database: url, resolve, secret });

export const kysely = [own.db, plain.db].map((pool) => new PostgresDialect({ pool, cursor: Cursor }));
export const db = drizzle({ client: own.db });
export const stillAPool: pg.Pool = own.db;
export const stillATenantry: Tenantry = own;
const { rows } = await own.db.query<{ n: number }>("select 1 as n");
export const n: number = rows[0]!.n;
export const client: ScopedClient = await own.db.connect();
export const cursor: Cursor = client.query(new Cursor("select 1"));
await own.db.transaction((tx) => tx.query("select 1"));

// @ts-expect-error nobody said whose Pool it is
drizzle({ client: plain.db });
// @ts-expect-error there is no such property
own.db.nothing;
// @ts-expect-error nor here: a pg that has no types takes nothing from those of the pool
createTenantry({ database: { url, pg: untyped }, resolve, secret }).db.nothing;
// @ts-expect-error that is no pg
createTenantry({ database: { url, pg: {} }, resolve, secret });
`;

it("gives Kysely and Drizzle the pool without a cast", { timeout: 60_000 }, async () => {
  await mkdir(scratch, { recursive: true });
  expect(await typeProblems(sample, scratch)).toEqual([]);
});
