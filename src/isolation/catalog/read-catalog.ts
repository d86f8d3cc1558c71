import { TenantryError } from "../../core/tenantry-error.js";
import type { Catalog } from "./catalog.js";
import { readFunctions } from "./read-functions.js";
import { readRelations } from "./read-relations.js";
import { readRoles } from "./read-roles.js";
import { readServer } from "./read-server.js";
import { readSurroundings } from "./read-surroundings.js";
import type { Reader } from "./reader.js";

/** PostgreSQL 13 is the oldest that has what the queries read. */
const oldestServer = 130_000;

/**
 * Reads the catalogs, all at one moment and without writing: in a read-only transaction of its own.
 * Names come back schema-qualified.
 * @param client one connection, not inside a transaction
 * @throws {TenantryError} `PROOF_IMPOSSIBLE` where the server is too old
 */
export async function readCatalog(client: Reader): Promise<Catalog> {
  await client.query("begin transaction isolation level repeatable read read only");
  try {
    return await readCatalogHere(client);
  } finally {
    await client.query("rollback").catch(() => undefined);
  }
}

/** The same inside the caller's transaction, whose own changes show. It changes the search_path of it. */
export async function readCatalogHere(client: Reader): Promise<Catalog> {
  await client.query("select pg_catalog.set_config('search_path', '', true)");
  const server = await readServer(client);
  if (server.number < oldestServer) {
    throw new TenantryError("PROOF_IMPOSSIBLE", {
      message: `The server is PostgreSQL ${server.version}, older than 13.`,
      fix: "Audit a copy of the database on a newer server.",
    });
  }
  return {
    server,
    ...(await readRoles(client)),
    relations: await readRelations(client),
    functions: await readFunctions(client),
    ...(await readSurroundings(client, server)),
  };
}
