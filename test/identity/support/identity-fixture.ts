import pg from "pg";
import { createKeyRing } from "../../../src/core/seal/key-ring.js";
import type { Tenant } from "../../../src/core/tenant.js";
import { createAccounts, type Accounts } from "../../../src/identity/account/accounts.js";
import type { Account } from "../../../src/identity/account/account.js";
import type { Caller } from "../../../src/identity/caller.js";
import {
  openIdentityDatabase,
  type IdentityDatabase,
} from "../../../src/identity/identity-database.js";
import { createTenantry, fromHost, type Tenantry } from "../../../src/index.js";
import { createTestDatabase, type TestDatabase } from "../../support/databases.js";
import type { TestServer } from "../../support/servers.js";

export const caller: Caller = { address: "203.0.113.9", userAgent: "tests" };

/** A migrated database with two tenants, and identity on it as its own role. */
export interface IdentityFixture {
  readonly test: TestDatabase;
  readonly tenantry: Tenantry;
  readonly database: IdentityDatabase;
  readonly accounts: Accounts;
  readonly acme: Tenant;
  readonly globex: Tenant;
  /** A new account. */
  person(name: string): Promise<Account>;
  /** A superuser's view, past row security. */
  admin<Row>(text: string, values?: unknown[]): Promise<Row[]>;
  close(): Promise<void>;
}

export async function openIdentityFixture(server: TestServer): Promise<IdentityFixture> {
  const test = await createTestDatabase(server);
  const events = () => undefined;
  const tenantry = createTenantry({
    database: test.appUrl,
    operatorDatabase: test.operatorUrl,
    secret: test.secret,
    resolve: [fromHost({ baseDomain: "example.com" })],
    onEvent: events,
  });
  const database = openIdentityDatabase({
    url: test.identityUrl,
    defaultPg: pg,
    keys: createKeyRing(test.secret),
    events,
  });
  const accounts = createAccounts(database);
  const superuser = new pg.Pool({ connectionString: test.adminUrl, max: 2 });
  // `end` does not wait for the sockets, and the drop of the database ends those that are left.
  superuser.on("error", () => undefined);
  let people = 0;
  return {
    test,
    tenantry,
    database,
    accounts,
    acme: await tenantry.tenants.create({ slug: "acme", name: "Acme" }),
    globex: await tenantry.tenants.create({ slug: "globex", name: "Globex" }),
    async person(name) {
      const address = `${name}-${(people += 1)}@example.test`;
      const email = { address, key: address };
      return (await accounts.create({ email, passwordHash: null }, caller))!;
    },
    admin: async (text, values) => (await superuser.query(text, values)).rows as never,
    async close() {
      await Promise.all([database.close(), tenantry.close(), superuser.end()]);
      await test.drop();
    },
  };
}
