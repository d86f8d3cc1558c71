import { unfit } from "./refusal.js";

/**
 * The scoped pool, in the type of your own `pg`. That it is one at run time is checked here, because
 * PrismaPg would take what it does not recognise for settings, and connect without a scope.
 * @throws {TenantryError} `CONFIG_INVALID` where the pool was made by another copy of `pg`
 */
export function asPgPool<Pool>(db: object, PgPool: abstract new (...given: never[]) => Pool): Pool {
  if (db instanceof PgPool) return db;
  throw unfit(
    "the pool is no instance of this pg.Pool.",
    "Pass the same copy to Tenantry: createTenantry({ database: { url, pg }, … }).",
  );
}
