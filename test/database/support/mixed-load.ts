import type { TenantScope } from "../../../src/core/scope.js";
import type { Queryable, Row } from "../../../src/database/query.js";
import type { ScopedClient } from "../../../src/database/pool/scoped-pool.js";
import type { Tenantry } from "../../../src/tenantry.js";
import { codeIn } from "./outcome.js";
import type { Random } from "./random.js";

/** The table that the load is put on: each row says itself whose it is. */
export const mixedSchema = `
  create table item (id bigint primary key, owner text not null);
  select tenantry.protect('item');
`;

export interface MixedLoad {
  readonly app: Tenantry;
  readonly scopes: readonly TenantScope[];
  readonly random: Random;
  readonly requests: number;
  /** Under way at once. */
  readonly concurrency: number;
  /** Called now and then, to break something. */
  readonly disturb?: () => Promise<unknown>;
  /** How often `disturb` is, in requests. */
  readonly disturbEvery?: number;
}

export interface MixedOutcome {
  readonly requests: number;
  readonly rowsSeen: number;
  /** Rows that were another tenant's: there must be none. */
  readonly foreignRows: readonly Row[];
  /** Ids that were acknowledged as committed. */
  readonly committed: readonly bigint[];
  /** Ids whose transaction was undone for certain. */
  readonly undone: readonly bigint[];
  /** How often each error came. */
  readonly errors: Readonly<Record<string, number>>;
}

class Undo extends Error {
  readonly code = "UNDO";
}

export async function runMixedLoad(load: MixedLoad): Promise<MixedOutcome> {
  const { app, scopes, random, requests, concurrency, disturb, disturbEvery = 500 } = load;
  const [committed, undone, foreignRows]: [bigint[], bigint[], Row[]] = [[], [], []];
  const errors: Record<string, number> = {};
  let [begun, nextId, rowsSeen] = [0, 1_000n, 0];

  /** What one request does, chosen beforehand so that the order of answers changes nothing. */
  async function request(scope: TenantScope, choice: number, id: bigint): Promise<void> {
    const owner = scope.tenant.id;
    const look = async (
      db: Queryable,
      text = "select id, owner, tenant_id from item where id < 1000",
    ) => {
      const { rows } = await db.query(text);
      rowsSeen += rows.length;
      for (const row of rows) {
        if (row["owner"] !== owner || row["tenant_id"] !== owner) foreignRows.push(row);
      }
      if (rows.length === 0) foreignRows.push({ missing: owner });
    };
    const insert = (db: Queryable) =>
      db.query("insert into item (id, owner) values ($1, $2)", [id, owner]);
    const withClient = async (work: (client: ScopedClient) => Promise<unknown>) => {
      const client = await app.db.connect();
      try {
        await work(client);
      } finally {
        client.release();
      }
    };
    const common: readonly (() => Promise<unknown>)[] = [
      () => look(app.db),
      () => look(app.db, "select * from item where id = 1"),
      () => look(app.db, `select i.*, ${choice} as echo from item i limit 3`),
      () => insert(app.db).then(() => committed.push(id)),
      () => app.db.query("select 1 / 0 from item"),
      () => app.db.query("insert into item (id, owner) values (1, 'x')"),
      () => app.db.query("selekt"),
      () =>
        app.db
          .transaction(async (tx) => {
            await look(tx);
            await insert(tx);
            await look(tx);
          })
          .then(() => committed.push(id)),
      () =>
        app.db.transaction(async (tx) => {
          await insert(tx);
          undone.push(id);
          throw new Undo();
        }),
      () =>
        app.db.transaction(async (tx) => {
          await insert(tx);
          await tx.savepoint((inner) => inner.query("select 1 / 0")).catch(() => undefined);
          await look(tx);
          undone.push(id);
          throw new Undo();
        }),
    ];
    // These cost a connection, or time.
    const rare: readonly (() => Promise<unknown>)[] = [
      () => app.db.query("select set_config('timezone', 'Asia/Tokyo', false), count(*) from item"),
      () =>
        app.db.transaction(async (tx) => {
          await tx.query("set local statement_timeout = 3");
          undone.push(id);
          await insert(tx);
          await tx.query("select pg_sleep(1), count(*) from item");
        }),
      () =>
        withClient(async (client) => {
          await client.query("begin");
          undone.push(id);
          await insert(client);
          await look(client);
          // Released with the transaction open, as by a request that was aborted.
        }),
      () =>
        withClient(async (client) => {
          await look(client);
          // Released while a statement is running.
          client.query("select pg_sleep(0.002), count(*) from item").catch(() => undefined);
        }),
    ];
    const actions = choice % 10 === 0 ? rare : common;
    await actions[Math.floor(choice / 10) % actions.length]!();
  }

  async function worker(): Promise<void> {
    while (begun < requests) {
      const number = (begun += 1);
      const scope = scopes[random.below(scopes.length)]!;
      const choice = random.below(1_000);
      const id = (nextId += 1n);
      if (disturb !== undefined && number % disturbEvery === 0) await disturb();
      try {
        await app.run(scope, () => request(scope, choice, id));
      } catch (error) {
        const code = codeIn(error);
        errors[code] = (errors[code] ?? 0) + 1;
      }
    }
  }
  await Promise.all(Array.from({ length: concurrency }, worker));
  return { requests: begun, rowsSeen, foreignRows, committed, undone, errors };
}
