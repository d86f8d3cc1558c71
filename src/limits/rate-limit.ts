import { LRUCache } from "lru-cache";
import { checkWhole } from "../core/check-whole.js";
import { currentScope } from "../core/context.js";
import { logEvents, type EventSink } from "../core/event.js";
import type { TenantScope } from "../core/scope.js";
import { isTenantryError, TenantryError } from "../core/tenantry-error.js";
import { checkName, checkOneOf, invalid } from "./check.js";
import type { Limit, LimitedBy, SubKey } from "./contract.js";
import { keyOf, textOf, type LimitKey } from "./key.js";
import type { Count, RateBackend, RateStore } from "./store/contract.js";
import { guarded } from "./store/guarded.js";
import { inMemory } from "./store/memory.js";

export interface RateLimitOptions {
  /** Begins the keys: limits of one name share their counters. Lower-case letters, digits, hyphens. */
  readonly name: string;
  /**
   * What one window holds: 1 to 1,000,000, or a function of the scope (a plan), which may also give 0.
   * It is asked at every request, so a changed plan holds at once.
   */
  readonly points: number | ((scope: TenantScope) => number);
  /** Seconds that a window lasts, from its first use: 1 to 86,400. */
  readonly duration: number;
  /** Where it is counted. Default `inMemory()`. */
  readonly backend?: RateBackend;
  /** Default `tenant`. */
  readonly by?: LimitedBy;
  /**
   * While the store cannot be asked: `refuse` (default) throws `LIMIT_UNAVAILABLE`; `local` counts in
   * this process; `allow` lets everything through.
   */
  readonly onUnavailable?: "refuse" | "local" | "allow";
  /** Milliseconds that the store may take: 10 to 30,000. Default 1,000. */
  readonly timeout?: number;
  /** Told when the store fails and when it is back. Default: a JSON line on stderr. */
  readonly onEvent?: EventSink;
}

export interface ConsumeOptions extends SubKey {
  /** Points that this piece of work takes, 1 to 1,000. Default 1. */
  readonly cost?: number;
}

export interface RateStatus {
  /** Points that a window holds for this tenant. */
  readonly points: number;
  /** Points left in the present window. */
  readonly remaining: number;
  /** Whole seconds until the window ends. */
  readonly resetAfter: number;
}

export interface RateLimit extends Limit<ConsumeOptions> {
  /**
   * Takes points of the active scope's tenant. What is refused counts too, until the window ends.
   * @throws {TenantryError} `RATE_LIMITED` with `retryAfter`; `LIMIT_UNAVAILABLE`, `SCOPE_REQUIRED`,
   * `CONFIG_INVALID`
   */
  consume(options?: ConsumeOptions): Promise<RateStatus>;
}

const mostPoints = 1_000_000;
/** Counters that are known to be used up, so that a flood does not reach the store. */
const mostUsedUp = 10_000;

/** @throws {TenantryError} `CONFIG_INVALID` */
export function createRateLimit(options: RateLimitOptions): RateLimit {
  const { name, by, duration, pointsOf, add } = prepare(options);
  const usedUp = new LRUCache<string, { readonly taken: number; readonly until: number }>({
    max: mostUsedUp,
  });

  const count = async (key: LimitKey, cost: number, points: number): Promise<Count> => {
    const known = usedUp.get(textOf(key));
    const left = (known?.until ?? 0) - performance.now();
    // Asked again where the plan has grown since.
    if (known !== undefined && left > 0 && known.taken + cost > points) {
      return { taken: known.taken + cost, resetIn: left };
    }
    const counted = await add(key, cost);
    if (counted.taken > points) {
      const { taken, resetIn } = counted;
      usedUp.set(textOf(key), { taken, until: performance.now() + resetIn });
    }
    return counted;
  };

  const consume = async ({ key, cost = 1 }: ConsumeOptions = {}): Promise<RateStatus> => {
    const scope = currentScope();
    checkWhole(`The cost given to the limit ${name}`, cost, 1, 1_000);
    const points = pointsOf(scope);
    const { taken, resetIn } = await count(keyOf(scope, by, key), cost, points);
    const resetAfter = Math.min(duration, Math.max(1, Math.ceil(resetIn / 1000)));
    if (taken > points) throw refusal(name, scope, { points, resetAfter });
    return { points, remaining: points - taken, resetAfter };
  };
  return {
    consume,
    async acquire(taken) {
      await consume(taken);
      return () => undefined;
    },
  };
}

interface Prepared {
  readonly name: string;
  readonly by: LimitedBy;
  readonly duration: number;
  readonly pointsOf: (scope: TenantScope) => number;
  readonly add: RateStore["add"];
}

function prepare(options: RateLimitOptions): Prepared {
  const { points, backend = inMemory(), by = "tenant", timeout = 1_000 } = options ?? {};
  const { onUnavailable = "refuse", onEvent: events = logEvents } = options ?? {};
  const name = checkName(options?.name);
  const of = (what: string): string => `\`${what}\` of the limit ${name}`;
  checkOneOf(of("by"), by, ["tenant", "actor"]);
  checkOneOf(of("onUnavailable"), onUnavailable, ["refuse", "local", "allow"]);
  checkWhole(of("timeout"), timeout, 10, 30_000);
  const duration = checkWhole(of("duration"), options.duration, 1, 86_400);
  if (typeof points !== "function") checkWhole(of("points"), points, 1, mostPoints);
  if (typeof backend?.open !== "function") {
    throw invalid(
      `${of("backend")} is none.`,
      "Pass inMemory(), onRedis(client) or onPostgres(pool).",
    );
  }
  const settings = { prefix: `tenantry:limit:${name}`, duration };
  const store = backend.open(settings);
  const pointsOf = (scope: TenantScope): number =>
    typeof points === "function" ? checkWhole(of("points"), points(scope), 0, mostPoints) : points;
  const add: RateStore["add"] = !backend.remote
    ? (key, cost) => store.add(key, cost)
    : withFallback(
        guarded(store, { name, timeout, events }),
        onUnavailable === "local" ? inMemory().open(settings) : onUnavailable,
        duration,
      );
  return { name, by, duration, pointsOf, add };
}

function withFallback(
  store: RateStore,
  fallback: RateStore | "refuse" | "allow",
  duration: number,
): RateStore["add"] {
  return async (key, cost) => {
    try {
      return await store.add(key, cost);
    } catch (error) {
      if (fallback === "refuse" || !isTenantryError(error, "LIMIT_UNAVAILABLE")) throw error;
      if (fallback === "allow") return { taken: 0, resetIn: duration * 1000 };
      return await fallback.add(key, cost);
    }
  };
}

function refusal(
  name: string,
  { tenant }: TenantScope,
  { points, resetAfter }: Pick<RateStatus, "points" | "resetAfter">,
): TenantryError {
  return new TenantryError("RATE_LIMITED", {
    message: `Tenant ${tenant.id} has used up the ${points} points of the limit ${name}.`,
    fix: `Try again in ${resetAfter} s.`,
    retryAfter: resetAfter,
  });
}
