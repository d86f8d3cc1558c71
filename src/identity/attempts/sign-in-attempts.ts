import { logEvents, type EventSink } from "../../core/event.js";
import { isTenantryError, TenantryError } from "../../core/tenantry-error.js";
import type { RateBackend, RateStore } from "../../limits/store/contract.js";
import { guarded } from "../../limits/store/guarded.js";
import { inMemory } from "../../limits/store/memory.js";
import { checkAllowances, usualAllowances, type Allowance, type Allowances } from "./allowance.js";
import { createCounterKeys, networkOf, type CountedBy } from "./counter-key.js";
import { takeFrom, type Taken } from "./counter.js";

export interface SignInAttemptsOptions extends Partial<Allowances> {
  /** Names the counters, so that the store holds no e-mail address: `TENANTRY_SECRET`, 32 bytes or more. */
  readonly secret: string;
  /** Where it is counted: `inMemory()` (default, this process alone), `onRedis` or `onPostgres`. */
  readonly backend?: RateBackend;
  /** Milliseconds that the store may take for each of its up to five answers, 10 to 30,000. Default 1,000. */
  readonly timeout?: number;
  /** Told when the store fails and when it is back. Default: a JSON line on stderr. */
  readonly onEvent?: EventSink;
}

export interface SignInAttemptOf {
  /** The `key` of the e-mail address that was typed, whether there is such an account or not. */
  readonly account: string;
  /** Of the client, from trusted proxies only; null where it is not known. */
  readonly address: string | null;
  /** The tenant on whose host it happens; absent at the central sign-in. */
  readonly tenantId?: string;
}

export interface SignInAttempt {
  /** Forgives the account's failures; the address and the tenant get this one attempt back. */
  succeeded(): Promise<void>;
  /** Takes the attempt back, where no password was looked at: after `SIGN_IN_BUSY`, say. */
  withdraw(): Promise<void>;
}

export interface SignInAttempts {
  /**
   * Call it before the password is looked at. An attempt counts as failed until it has succeeded, so that
   * a thousand at once get no more tries than one after another would.
   * @throws {TenantryError} `SIGN_IN_LIMITED` with `retryAfter`, alike for known and unknown accounts;
   * `LIMIT_UNAVAILABLE` while the store cannot be asked: what cannot be counted does not pass
   */
  begin(attempt: SignInAttemptOf): Promise<SignInAttempt>;
}

interface Tier {
  readonly by: CountedBy;
  readonly allowance: Allowance;
  readonly store: RateStore;
}

/**
 * Limits failed sign-ins by account, by address and by tenant.
 * @throws {TenantryError} `CONFIG_INVALID`, `SECRET_WEAK`
 */
export function createSignInAttempts(options: SignInAttemptsOptions): SignInAttempts {
  const keyOf = createCounterKeys(options?.secret);
  const tiers = openTiers(options);
  return {
    async begin({ account, address, tenantId }) {
      if (typeof account !== "string" || account === "") throw noAccount();
      const values = { account, address: networkOf(address), tenant: tenantId };
      const taken: (readonly [CountedBy, Taken])[] = [];
      for (const { by, allowance, store } of tiers) {
        const value = values[by];
        if (value === undefined) continue;
        const one = await takeFrom(store, keyOf(by, value), allowance);
        // What follows is not counted: who is refused uses up none of the longer windows, and who
        // floods from one address locks no account.
        if (one.refusedFor !== null) throw limited(by, allowance, one.refusedFor);
        taken.push([by, one]);
      }
      return {
        succeeded: () =>
          settle(taken.map(([by, one]) => (by === "account" ? one.forgive() : one.giveBack()))),
        withdraw: () => settle(taken.map(([, one]) => one.giveBack())),
      };
    },
  };
}

function noAccount(): TenantryError {
  return new TenantryError("CONFIG_INVALID", {
    message: "A sign-in was begun without an account, so that nothing could be counted for it.",
    fix: "Pass the `key` of the e-mail address that was typed.",
  });
}

/** In the order that they are asked in: short windows before long ones. */
function openTiers(options: SignInAttemptsOptions): readonly Tier[] {
  const { backend = inMemory(), timeout = 1_000, onEvent: events = logEvents } = options;
  if (typeof backend?.open !== "function" || !(timeout >= 10 && timeout <= 30_000)) {
    throw new TenantryError("CONFIG_INVALID", {
      message: "The `backend` or the `timeout` of the sign-in attempts is none.",
      fix: "Pass inMemory(), onRedis(client) or onPostgres(pool), and 10 to 30000 milliseconds.",
    });
  }
  return (["address", "tenant", "account"] as const).flatMap((by) =>
    checkAllowances(by, options[by] ?? usualAllowances[by]).map((allowance) => {
      const name = `sign-in-${by}-${allowance.within}`;
      const store = backend.open({
        prefix: `tenantry:limit:${name}`,
        duration: allowance.within,
      });
      return {
        by,
        allowance,
        store: backend.remote ? guarded(store, { name, timeout, events }) : store,
      };
    }),
  );
}

/** A count that stays makes the budget smaller, which is no reason to refuse who has signed in. */
async function settle(work: readonly Promise<void>[]): Promise<void> {
  for (const outcome of await Promise.allSettled(work)) {
    if (outcome.status === "fulfilled") continue;
    if (!isTenantryError(outcome.reason, "LIMIT_UNAVAILABLE")) throw outcome.reason;
  }
}

function limited(
  by: CountedBy,
  { failures, within }: Allowance,
  refusedFor: number,
): TenantryError {
  return new TenantryError("SIGN_IN_LIMITED", {
    message: `More than ${failures} sign-ins failed within ${within} s, counted by ${by}.`,
    fix: `Try again in ${refusedFor} s.`,
    retryAfter: refusedFor,
  });
}
