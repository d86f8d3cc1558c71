import type * as ContextModule from "../../src/core/context.js";
import type * as PerScopeModule from "../../src/core/per-scope.js";
import type * as KeyRingModule from "../../src/core/seal/key-ring.js";
import { sealPurposes } from "../../src/core/seal/purpose.js";
import type * as SealModule from "../../src/core/seal/seal.js";
import type { DatabaseOptions } from "../../src/database/options.js";
import type { Tenantry } from "../../src/tenantry.js";
import { rawQuery } from "../database/support/bare.js";
import { codeOf } from "../database/support/outcome.js";
import type { Stage } from "../database/support/stage.js";
import { mostInFlight, openWireTap, type WireTap } from "../database/support/wire-tap.js";

/** A copy of the sources, and what a probe needs to try it. */
export interface Copy {
  readonly stage: Stage;
  readonly tap: WireTap;
  readonly seal: typeof SealModule;
  readonly keyRing: typeof KeyRingModule;
  readonly context: typeof ContextModule;
  readonly perScope: typeof PerScopeModule;
  /** An application made by the copy, over one connection through the tap. */
  open(options?: Partial<DatabaseOptions>): Tenantry;
}

/** What the tap makes a BEGIN of while `plant` is on, as if its classification had been missed. */
export const marker = "select 'leaves a transaction open'";
export const planted = { on: false };

export const tapFor = (stage: Stage) =>
  openWireTap(stage.database.appUrl, {
    merge: () => (planted.on ? 20 : 0),
    rewrite(data) {
      const at = planted.on ? data.indexOf(marker) : -1;
      if (at === -1) return data;
      const changed = Buffer.from(data);
      changed.write("begin".padEnd(marker.length), at, "latin1");
      return changed;
    },
  });

const whose = "select count(*)::int as n, min(tenant_id::text) as tenant from note";
const timezone = "select current_setting('timezone') as zone";
const ofA = ({ stage }: Copy) => JSON.stringify([{ n: 3, tenant: stage.a.id }]);
const ofB = ({ stage }: Copy) => JSON.stringify([{ n: 5, tenant: stage.b.id }]);

/** Each is true where the copy does what it should. */
export const sourceProbes: Readonly<Record<string, (copy: Copy) => Promise<boolean>>> = {
  async "nothing-stays-on-the-session"({ open, stage }) {
    const app = open();
    await app.run(stage.scopeA, () => app.db.query(whose));
    const client = await app.run(stage.scopeA, () => app.db.connect());
    const left = await rawQuery(client, "select current_setting('tenantry.scope', true) as left");
    client.release();
    return left === "" || left === null;
  },

  async "no-seal-is-to-be-seen"({ open, stage }) {
    const [app, second] = [open(), open()];
    await app.run(stage.scopeA, () => app.db.query(whose));
    const read = app.run(stage.scopeA, () =>
      app.db.transaction(async (tx) => {
        await tx.query(whose);
        const client = await second.db.connect();
        // With a BEGIN that is not put off, the scope is the last that the server hears.
        await client.query("begin read write");
        setTimeout(() => void client.query("rollback").finally(() => client.release()), 100);
        return stage.admin("select query from pg_stat_activity where datname = current_database()");
      }),
    );
    const rows = [
      ...(await read),
      ...(await stage.admin(
        "select query from pg_stat_activity where datname = current_database()",
      )),
    ];
    return !rows.some(({ query }) => /t1\.[0-9a-f]{8}/.test(String(query)));
  },

  async "each-tenant-sees-its-own-rows"(copy) {
    const { open, stage } = copy;
    const app = open({ maxConnections: 3 });
    const answers = await Promise.all(
      Array.from({ length: 120 }, async (_, i) => {
        const scope = i % 2 ? stage.scopeA : stage.scopeB;
        const { rows } = await app.run(scope, () =>
          i % 3 === 0 ? app.db.transaction((tx) => tx.query(whose)) : app.db.query(whose),
        );
        return JSON.stringify(rows) === (i % 2 ? ofA(copy) : ofB(copy));
      }),
    );
    return answers.every(Boolean);
  },

  async "seals-are-renewed"(copy) {
    const app = copy.open({ sealLifetime: 2 });
    const ask = () => app.run(copy.stage.scopeA, async () => (await app.db.query(whose)).rows);
    await ask();
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    return JSON.stringify(await ask()) === ofA(copy);
  },

  async "a-transaction-left-open-is-noticed"({ open, stage }) {
    const app = open({ preparedStatements: "unnamed" });
    planted.on = true;
    return (
      (await app.run(stage.scopeA, () => codeOf(() => app.db.query(marker)))) ===
      "TRANSACTION_LEFT_OPEN"
    );
  },

  async "only-what-was-committed-is-acknowledged"({ open, stage }) {
    const app = open({ preparedStatements: "unnamed" });
    const insert = (id: number) => app.db.query("insert into note (id) values ($1)", [id]);
    const acknowledged: number[] = [];
    const note = (id: number) => () => void acknowledged.push(id);
    await app.run(stage.scopeA, async () => {
      for (let i = 0; i < 60; i++) await insert(0).catch(() => undefined);
      for (let i = 0; i < 60; i++) await app.db.query(marker);
      planted.on = true;
      const first = insert(100).then(note(100));
      await new Promise((resolve) => setImmediate(resolve));
      const behind = [101, 102].map((id) => insert(id).then(note(id)));
      const opening = app.db.query(marker);
      behind.push(...[103, 104, 105].map((id) => insert(id).then(note(id))));
      await Promise.allSettled([first, opening, ...behind]);
      planted.on = false;
      await app.db
        .transaction(async (tx) => {
          await tx.query("insert into note (id) values (110)");
          await tx.query("select 1 / 0").catch(() => undefined);
        })
        .then(note(110), () => undefined);
      await app.db
        .transaction(async (tx) => {
          await tx.query("insert into note (id) values (111)");
          await tx.query("rollback");
        })
        .then(note(111), () => undefined);
    });
    const stored = await stage.admin("select id from note where id >= 100 order by id");
    return JSON.stringify(stored.map(({ id }) => id)) === JSON.stringify(acknowledged.sort());
  },

  async "a-transaction-left-open-goes-to-nobody"(copy) {
    const { open, stage } = copy;
    const app = open();
    for (const argument of [undefined, false]) {
      await app.run(stage.scopeA, async () => {
        const client = await app.db.connect();
        await client.query("begin");
        await client.query(whose);
        client.release(argument);
      });
      const { rows } = await app.run(stage.scopeB, () => app.db.query(whose));
      if (JSON.stringify(rows) !== ofB(copy)) return false;
    }
    return true;
  },

  async "settings-do-not-carry-over"({ open, stage }) {
    const app = open();
    const zone = () =>
      app.run(stage.scopeB, async () => JSON.stringify((await app.db.query(timezone)).rows));
    const before = await zone();
    await app.run(stage.scopeA, () =>
      app.db.query("select set_config('timezone', 'Asia/Tokyo', false)"),
    );
    return (await zone()) === before;
  },

  async "what-outlives-its-scope-is-refused"({ open, stage }) {
    const app = open();
    const texts = [
      "listen a",
      "set timezone = 'UTC'",
      "/**/ listen a",
      "explain analyze select 1",
      "select lo_create(0)",
    ];
    for (const text of texts) {
      const code = await app.run(stage.scopeA, () =>
        app.db.query(text).then(
          () => "sent",
          (error: { code: string }) => error.code,
        ),
      );
      if (code !== "STATEMENT_REFUSED") return false;
    }
    return true;
  },

  async "callbacks-run-in-their-callers-context"({ open, stage }) {
    const app = open();
    const query = app.db.query.bind(app.db) as unknown as (text: string, done: () => void) => void;
    let astray = 0;
    await Promise.all(
      Array.from({ length: 60 }, (_, i) => {
        const scope = i % 2 ? stage.scopeA : stage.scopeB;
        return new Promise<void>((resolve) => {
          app.run(scope, () =>
            query(whose, () => {
              try {
                if (app.scope() !== scope) astray += 1;
              } catch {
                astray += 1;
              }
              resolve();
            }),
          );
        });
      }),
    );
    return astray === 0;
  },

  async "a-connection-serves-one-scope"({ open, stage }) {
    const app = open();
    const client = await app.run(stage.scopeA, () => app.db.connect());
    const use = (scope: typeof stage.scopeA) =>
      app.run(scope, () =>
        client.query(whose).then(
          () => "served",
          (error: { code: string }) => error.code,
        ),
      );
    const byB = await use(stage.scopeB);
    client.release();
    const after = await use(stage.scopeA);
    return byB === "SCOPE_CHANGED" && after === "SCOPE_CHANGED";
  },

  async "prepared-statements-are-bounded"({ open, stage }) {
    const app = open({ preparedStatements: 5 });
    return app.run(stage.scopeA, async () => {
      for (let i = 0; i < 30; i++) await app.db.query(`select ${i}`);
      const client = await app.db.connect();
      const held = await rawQuery(client, "select count(*)::int from pg_prepared_statements");
      client.release();
      return Number(held) <= 6;
    });
  },

  async "the-queue-is-bounded"({ open, stage }) {
    const app = open({ maxWaiting: 1, connectionTimeout: 2_000 });
    return app.run(stage.scopeA, async () => {
      const held = await app.db.connect();
      // Where the guard is gone it fails while no one looks, which must not end the run.
      const waiting = app.db.query("select 1").catch(() => undefined);
      const started = performance.now();
      const code = await codeOf(() => app.db.query("select 1"));
      held.release();
      await waiting;
      return code === "POOL_EXHAUSTED" && performance.now() - started < 1_800;
    });
  },

  async "a-connection-carries-its-depth"({ open, stage, tap }) {
    const app = open({ pipelineDepth: 3 });
    return app.run(stage.scopeA, async () => {
      for (let i = 0; i < 60; i++) await app.db.query(whose);
      // Whether a connection takes another unit hangs on how busy the machine is: ask often.
      let most = 0;
      for (let round = 0; round < 20 && most <= 3; round++) {
        tap.reset();
        const first = app.db.query(whose);
        await new Promise((resolve) => setImmediate(resolve));
        await Promise.all([first, ...Array.from({ length: 20 }, () => app.db.query(whose))]);
        most = Math.max(most, mostInFlight(tap.flights));
      }
      return most <= 3;
    });
  },

  async "operator-work-ends-in-time"({ open }) {
    const app = open();
    const late = () => new Promise((resolve) => setTimeout(resolve, 1_600));
    const work = app.asOperator({ actor: "ada", reason: "x", ttl: 1 }, late);
    return (
      (await work.then(
        () => "done",
        (error: { code: string }) => error.code,
      )) === "OPERATOR_EXPIRED"
    );
  },

  async "operator-work-has-no-tenant"({ open, stage }) {
    const app = open();
    return app.run(stage.scopeA, () =>
      app.asOperator({ actor: "ada", reason: "x" }, async () => {
        return (
          (await app.db.query(whose).then(
            () => "served",
            (error: { code: string }) => error.code,
          )) === "SCOPE_REQUIRED"
        );
      }),
    );
  },

  async "a-seal-opens-for-its-purpose"({ seal, keyRing, stage }) {
    const ring = keyRing.createKeyRing("s".repeat(32));
    const contents = {
      tenantId: stage.a.id,
      expiresAt: Math.floor(Date.now() / 1000) + 60,
      claims: {},
    };
    const opens = (made: string, purpose: (typeof sealPurposes)[number]) => {
      try {
        seal.openSeal(ring, purpose, made);
        return true;
      } catch {
        return false;
      }
    };
    return sealPurposes.every((made) =>
      sealPurposes.every(
        (asked) => opens(seal.makeSeal(ring, made, contents), asked) === (made === asked),
      ),
    );
  },

  async "a-scope-cannot-be-made-up"({ context, stage }) {
    try {
      context.runInScope({ ...stage.scopeB }, () => 0);
      return false;
    } catch {
      return true;
    }
  },

  async "a-change-of-tenant-is-refused"({ context, stage }) {
    try {
      context.runInScope(stage.scopeA, () => context.runInScope(stage.scopeB, () => 0));
      return false;
    } catch {
      return true;
    }
  },

  async "what-is-kept-per-scope-is-the-scopes"({ context, open, perScope, stage }) {
    const kept = perScope.perScope(() => ({}));
    const [a, b] = [context.runInScope(stage.scopeA, kept), context.runInScope(stage.scopeB, kept)];
    // Another request of the same tenant.
    const later = await open().enter(stage.a, { reason: "a test" }, kept);
    return new Set([a, b, later]).size === 3 && context.runInScope(stage.scopeA, kept) === a;
  },

  async "nothing-is-kept-where-there-is-no-scope"({ context, open, perScope, stage }) {
    const kept = perScope.perScope(() => ({}));
    context.runInScope(stage.scopeA, kept);
    const asOperator = () =>
      open().asOperator({ actor: "ada", reason: "x" }, () => Promise.resolve(kept()));
    return (
      [await codeOf(kept), await codeOf(asOperator)].join() === "SCOPE_REQUIRED,SCOPE_REQUIRED"
    );
  },
};
