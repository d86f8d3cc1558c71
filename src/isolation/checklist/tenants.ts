import { tenantNamesOf } from "../probe/identity/identity.js";
import type { KnownTenants } from "./database/known-tenants.js";
import type { Inputs } from "./inputs.js";

/** By every name that the database or the identities have for them. */
export async function tenantsOf({ given: { database, server } }: Inputs): Promise<KnownTenants> {
  const fromDatabase = database === undefined ? [] : await database.knownTenants();
  const named = (server?.identities ?? []).flatMap(tenantNamesOf);
  return new Set([...fromDatabase, ...named]);
}
