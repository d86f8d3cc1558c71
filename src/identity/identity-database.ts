import { insideScope } from "../core/context.js";
import type { EventSink } from "../core/event.js";
import { issueScope, type Actor } from "../core/scope.js";
import type { KeyRing } from "../core/seal/key-ring.js";
import type { Tenant } from "../core/tenant.js";
import type { FeedClient } from "../registry/feed/client.js";
import { openDatabase } from "../database/open-database.js";
import { identitySelfCheck } from "../database/self-check.js";
import type { DatabaseOptions } from "../database/options.js";

export interface Rows {
  readonly rows: readonly unknown[];
}

/** Statements of the role `tenantry_identity`, which alone reaches accounts, sessions and keys. */
export interface IdentityDatabase {
  /** Without a tenant: accounts, sessions, signing keys. Reaches no tenant's row. */
  query(text: string, values?: readonly unknown[]): Promise<Rows>;
  /** One statement in one tenant's scope, whatever scope is active around it. */
  inTenant(tenant: Tenant, actor: Actor, text: string, values?: readonly unknown[]): Promise<Rows>;
  /** @throws {TenantryError} `DATABASE_UNSAFE` */
  check(): Promise<void>;
  /** A new, unconnected client of a session of its own, for LISTEN. */
  readonly newListenClient: () => FeedClient;
  close(): Promise<void>;
}

export interface OpenIdentityDatabaseOptions extends DatabaseOptions {
  /** The `pg` to use where the options bring none. */
  readonly defaultPg: unknown;
  readonly keys: KeyRing;
  readonly events: EventSink;
}

/** @throws {TenantryError} `CONFIG_INVALID` */
export function openIdentityDatabase(options: OpenIdentityDatabaseOptions): IdentityDatabase {
  const database = openDatabase({
    ...options,
    operatorUrl: undefined,
    plainConnections: options.maxConnections ?? 10,
  });
  const plain: { query(text: string, values: unknown[]): Promise<Rows> } = database.plain;
  return {
    query: (text, values = []) => plain.query(text, [...values]),
    inTenant(tenant, actor, text, values = []) {
      const scope = issueScope(tenant, actor, [
        { source: "identity", detail: "its own statement" },
      ]);
      const run = (): Promise<Rows> => database.scoped.query(text, [...values]);
      return insideScope(scope)(run);
    },
    check: () => identitySelfCheck(database.plain),
    newListenClient: database.newListenClient,
    close: () => database.close(),
  };
}
