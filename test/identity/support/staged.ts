import type pg from "pg";
import { createKeyRing } from "../../../src/core/seal/key-ring.js";
import type { Tenant } from "../../../src/core/tenant.js";
import { sealOf, withBare } from "../../database/support/bare.js";
import type { TestDatabase } from "../../support/databases.js";
import { until } from "../../support/until.js";

/** What a stage needs of a fixture. */
export interface Place {
  readonly test: TestDatabase;
  admin<Row>(text: string, values?: unknown[]): Promise<Row[]>;
}

/** How many of the database's statements wait for a lock now. */
export async function waiting({ admin }: Place): Promise<number> {
  const [row] = await admin<{ count: number }>(
    "select count(*)::integer from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
  );
  return row!.count;
}

/**
 * A race that comes out the same each time: holds the rows of the locking statement, begins all the
 * work, and lets go when each waits.
 * @param meanwhile what to look at while all wait
 */
export function startedTogether<T>(
  place: Place,
  [text, values]: readonly [string, unknown[]],
  works: readonly (() => Promise<T>)[],
  meanwhile: () => Promise<void> = () => Promise.resolve(),
): Promise<T[]> {
  return withBare(place.test.adminUrl, async (holder) => {
    await holder.query("begin");
    await holder.query(text, values);
    const begun = Promise.all(works.map((work) => work()));
    await Promise.race([begun, until(async () => (await waiting(place)) === works.length)]);
    await meanwhile();
    await holder.query("rollback");
    return begun;
  });
}

/** Of two members' rows, say. */
export const rowsOf = (tenant: Tenant, ...accountIds: string[]): [string, unknown[]] => [
  "select from tenantry.membership where tenant_id = $1 and account_id = any ($2) for update",
  [tenant.id, accountIds],
];

/** A transaction of the identity role's in a tenant, open, on a connection of its own. */
export function asIdentity<T>(
  { test }: Place,
  tenant: Tenant,
  work: (client: pg.Client) => Promise<T>,
  begin = "begin",
): Promise<T> {
  return withBare(test.identityUrl, async (client) => {
    await client.query(begin);
    const seal = sealOf({ keys: createKeyRing(test.secret) }, tenant.id);
    await client.query("select set_config('tenantry.scope', $1, true)", [seal]);
    return work(client);
  });
}

/** What work ends with: "done", or the code of its error. */
export const code = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => "done",
    (error: { code?: string }) => error.code,
  );
