import type { Meter } from "@opentelemetry/api";
import pg from "pg";
import { runInScope } from "../../src/core/context.js";
import type { TenantScope } from "../../src/core/scope.js";
import type * as LimitsModule from "../../src/limits/index.js";
import { createMemoryRegistry } from "../../src/registry/memory/memory-registry.js";
import { fromHost } from "../../src/resolver/host/from-host.js";
import type * as TelemetryModule from "../../src/telemetry/index.js";
import { createTenantry } from "../../src/tenantry.js";
import { codeOf } from "../database/support/outcome.js";
import { newScope, outcomeIn, tally } from "../limits/support/scopes.js";

/** A copy of the sources. */
export interface LimitsCopy {
  readonly limits: typeof LimitsModule;
  readonly telemetry: typeof TelemetryModule;
}

const window = { name: "x", points: 1, duration: 60 };
const nowhere = "postgres://nobody@127.0.0.1:1/nowhere";
const onEvent = () => undefined;
const same = (left: unknown, right: unknown) => JSON.stringify(left) === JSON.stringify(right);
const never = { remote: true, open: () => ({ add: () => new Promise<never>(() => undefined) }) };
const hold = () => new Promise<void>((resolve) => setTimeout(resolve, 30));

/** A meter that keeps the attributes it is given. */
function recorder() {
  const seen: unknown[] = [];
  const add = (_value: number, attributes: unknown) => void seen.push(attributes);
  return { seen, meter: { createCounter: () => ({ add }) } as unknown as Meter };
}

/** Each is true where the copy does what it should. */
export const limitsProbes: Readonly<Record<string, (copy: LimitsCopy) => Promise<boolean>>> = {
  async "each-tenant-has-its-own-budget"({ limits }) {
    const [limit, a, b] = [limits.createRateLimit(window), newScope(), newScope()];
    const outcomes: string[] = [];
    for (const key of [undefined, "k"]) {
      for (const scope of [a, a, b, b]) {
        outcomes.push(
          await outcomeIn(scope, () => limit.consume(key === undefined ? {} : { key })),
        );
      }
    }
    const each = ["passed", "RATE_LIMITED", "passed", "RATE_LIMITED"];
    return same(outcomes, [...each, ...each]);
  },

  async "sub-keys-do-not-meet"({ limits }) {
    const [limit, scope] = [limits.createRateLimit(window), newScope()];
    for (const key of [["a", "b:c"], ["a:b", "c"], ["a:b:c"], ["a", "b", "c"]]) {
      if ((await outcomeIn(scope, () => limit.consume({ key }))) !== "passed") return false;
    }
    return true;
  },

  async "actors-do-not-meet"({ limits }) {
    const limit = limits.createRateLimit({ ...window, by: "actor" });
    const { id } = newScope().tenant;
    const actors = [
      { kind: "user", id: "1" },
      { kind: "service", id: "1" },
      { kind: "user", id: "2" },
      { kind: "anonymous" },
    ] as const;
    for (const actor of actors) {
      const scope = newScope(actor, { id });
      if ((await outcomeIn(scope, () => limit.consume())) !== "passed") return false;
    }
    return true;
  },

  async "points-are-what-a-window-holds"({ limits }) {
    const limit = limits.createRateLimit({ ...window, points: 5 });
    const take = (scope: TenantScope, cost: number) =>
      outcomeIn(scope, () => limit.consume({ cost }));
    const [a, b] = [newScope(), newScope()];
    const ones = [];
    for (let i = 0; i < 6; i++) ones.push(await take(a, 1));
    const costly = [await take(b, 3), await take(b, 3)];
    return (
      same(tally(ones), { passed: 5, RATE_LIMITED: 1 }) && same(costly, ["passed", "RATE_LIMITED"])
    );
  },

  async "a-plan-holds-at-once"({ limits }) {
    let points = 1;
    const [limit, scope] = [
      limits.createRateLimit({ ...window, points: () => points }),
      newScope(),
    ];
    const take = () => outcomeIn(scope, () => limit.consume());
    const before = [await take(), await take()];
    points = 4; // two are taken, for what was refused counts
    const after = [await take(), await take(), await take()];
    return same(
      [...before, ...after],
      [...["passed", "RATE_LIMITED"], ...["passed", "passed", "RATE_LIMITED"]],
    );
  },

  async "what-cannot-be-counted-is-refused"({ limits }) {
    const limit = limits.createRateLimit({ ...window, onEvent, timeout: 50, backend: never });
    const late = new Promise<string>((resolve) => setTimeout(() => resolve("late"), 3_000));
    const asked = outcomeIn(newScope(), () => limit.consume());
    return (await Promise.race([asked, late])) === "LIMIT_UNAVAILABLE";
  },

  async "callers-are-bounded"({ limits }) {
    const limit = limits.createRateLimit({ ...window, onEvent, timeout: 1_500, backend: never });
    const ask = () => outcomeIn(newScope(), () => limit.consume());
    const first = Promise.all(Array.from({ length: 1_000 }, ask));
    const started = performance.now();
    await ask();
    const took = performance.now() - started;
    await first;
    return took < 1_200;
  },

  async "a-count-is-a-number"({ limits }) {
    const pool = { query: async () => ({ rows: [{ points: "none" }], rowCount: 1 }) };
    const limit = limits.createRateLimit({ ...window, onEvent, backend: limits.onPostgres(pool) });
    return (await outcomeIn(newScope(), () => limit.consume())) === "LIMIT_UNAVAILABLE";
  },

  async "each-tenant-has-its-own-places"({ limits }) {
    const limit = limits.createConcurrencyLimit({ name: "x", max: 1 });
    const outcomes = [newScope(), newScope()].map((scope) =>
      outcomeIn(scope, () => limit.run(hold)),
    );
    return same(await Promise.all(outcomes), ["passed", "passed"]);
  },

  async "places-are-bounded"({ limits }) {
    const limit = limits.createConcurrencyLimit({
      name: "x",
      max: 2,
      maxWaiting: 3,
      maxWait: 5_000,
    });
    const scope = newScope();
    let [now, most] = [0, 0];
    const work = async () => {
      most = Math.max(most, (now += 1));
      await hold();
      now -= 1;
    };
    const calls = Array.from({ length: 20 }, () => outcomeIn(scope, () => limit.run(work)));
    return same(tally(await Promise.all(calls)), { passed: 5, TENANT_BUSY: 15 }) && most === 2;
  },

  async "a-place-comes-free-once"({ limits }) {
    const limit = limits.createConcurrencyLimit({ name: "x", max: 2 });
    const scope = newScope();
    const boom = Object.assign(new Error("boom"), { code: "BOOM" });
    for (let i = 0; i < 3; i++) {
      if ((await outcomeIn(scope, () => limit.run(() => Promise.reject(boom)))) !== "BOOM")
        return false;
    }
    const acquire = () => runInScope(scope, () => limit.acquire());
    const [first] = [await acquire(), await acquire()];
    first();
    first();
    const again = [await outcomeIn(scope, acquire), await outcomeIn(scope, acquire)];
    return same(again, ["passed", "TENANT_BUSY"]);
  },

  async "no-scope-is-no-tenant"({ telemetry }) {
    runInScope(newScope(), () => telemetry.logFields());
    return same([telemetry.logFields(), telemetry.tenantAttributes()], [{}, {}]);
  },

  async "data-names-no-tenant"({ telemetry }) {
    const scope = newScope();
    const { seen, meter } = recorder();
    const metrics = telemetry.createTenantMetrics({
      meter,
      cardinality: { kind: "first", size: 9 },
    });
    const lines = runInScope(scope, () => {
      metrics.counter("x").add(1, { "tenant.id": "b" });
      return [
        telemetry.logMergeStrategy({ tenant: "b" }, telemetry.logMixin()()),
        JSON.parse(telemetry.formatLogLine("info", "x", { tenant: "b" })) as unknown,
      ];
    });
    const own = lines.every((line) => (line as { tenant: string }).tenant === scope.tenant.id);
    return own && (seen[0] as Record<string, string>)["tenant.id"] === scope.tenant.id;
  },

  async "series-are-bounded"({ telemetry }) {
    const { seen, meter } = recorder();
    const metrics = telemetry.createTenantMetrics({
      meter,
      cardinality: { kind: "first", size: 3 },
    });
    const counter = metrics.counter("x");
    for (let i = 0; i < 20; i++) runInScope(newScope(), () => counter.add(1));
    return new Set(seen.map((attributes) => JSON.stringify(attributes))).size === 4;
  },

  async "a-line-is-one-line"({ telemetry }) {
    return !/[\u0080-\u009f\u2028\u2029\n]/.test(
      telemetry.formatLogLine("info", "a\n\u0085\u2028\u2029\u009b31m"),
    );
  },

  async "counters-have-a-pool-of-their-own"({ limits }) {
    const tenantry = createTenantry({
      database: nowhere,
      secret: "a secret of at least thirty-two bytes, for tests",
      resolve: [fromHost({ baseDomain: "example.com" })],
      registry: createMemoryRegistry(),
    });
    const code = await codeOf(() => limits.onPostgres(tenantry.db));
    await tenantry.close();
    return code === "CONFIG_INVALID";
  },

  async "names-are-plain"({ limits }) {
    const pool = new pg.Pool({ connectionString: nowhere });
    for (const given of [{ table: 'x" where true --' }, { schema: 'x"."y' }]) {
      if ((await codeOf(() => limits.onPostgres(pool, given))) !== "CONFIG_INVALID") return false;
    }
    return true;
  },

  async "no-name-unless-asked"({ telemetry }) {
    const names = Object.keys(runInScope(newScope(), () => telemetry.tenantAttributes()));
    return same(names.sort(), ["tenant.id", "tenantry.context"]);
  },
};
