import { checkWhole } from "../core/check-whole.js";
import { currentScope } from "../core/context.js";
import type { TenantScope } from "../core/scope.js";
import { TenantryError } from "../core/tenantry-error.js";
import { checkName, checkOneOf } from "./check.js";
import type { Limit, LimitedBy, SubKey } from "./contract.js";
import { keyOf, textOf } from "./key.js";
import { Slots, type Refused } from "./slots.js";

export interface ConcurrencyLimitOptions {
  /** For errors. Lower-case letters, digits, hyphens. */
  readonly name: string;
  /**
   * Pieces of one tenant's work under way at once, in this process: 1 to 10,000, or a function of the
   * scope (a plan), which may also give 0.
   */
  readonly max: number | ((scope: TenantScope) => number);
  /** Pieces of one tenant's work that may wait, 0 to 10,000. Default 0: refused at once. */
  readonly maxWaiting?: number;
  /** Milliseconds that one may wait, 1 to 60,000. Default 1,000. */
  readonly maxWait?: number;
  /** Default `tenant`. */
  readonly by?: LimitedBy;
}

export interface ConcurrencyLimit extends Limit<SubKey> {
  /**
   * Runs `work` as soon as the active scope's tenant has room for it; first come, first served.
   * @throws {TenantryError} `TENANT_BUSY` with `retryAfter`, `SCOPE_REQUIRED`; and what `work` throws
   */
  run<T>(work: () => T | Promise<T>, options?: SubKey): Promise<T>;
}

/**
 * Bounds the work of each tenant in this process. Work that starts more work under the same limit
 * holds its place meanwhile: give what is nested a limit of its own.
 * @throws {TenantryError} `CONFIG_INVALID`
 */
export function createConcurrencyLimit(options: ConcurrencyLimitOptions): ConcurrencyLimit {
  const { max, maxWaiting = 0, maxWait = 1_000, by = "tenant" } = options ?? {};
  const name = checkName(options?.name);
  const of = (what: string): string => `\`${what}\` of the limit ${name}`;
  checkOneOf(of("by"), by, ["tenant", "actor"]);
  if (typeof max !== "function") checkWhole(of("max"), max, 1, 10_000);
  const slots = new Slots({
    maxWaiting: checkWhole(of("maxWaiting"), maxWaiting, 0, 10_000),
    maxWait: checkWhole(of("maxWait"), maxWait, 1, 60_000),
  });
  const maxFor = (scope: TenantScope): number =>
    typeof max === "function" ? checkWhole(of("max"), max(scope), 0, 10_000) : max;

  const acquire = async ({ key }: SubKey = {}): Promise<() => void> => {
    const scope = currentScope();
    const slot = await slots.take(textOf(keyOf(scope, by, key)), maxFor(scope));
    if (typeof slot === "function") return slot;
    throw busy(name, scope, slot, maxWait);
  };
  return {
    acquire,
    async run(work, which) {
      const release = await acquire(which);
      try {
        return await work();
      } finally {
        release();
      }
    },
  };
}

function busy(name: string, { tenant }: TenantScope, why: Refused, maxWait: number): TenantryError {
  const what = why === "full" ? "and as many wait" : `and none ended within ${maxWait} ms`;
  return new TenantryError("TENANT_BUSY", {
    message: `Tenant ${tenant.id} has as much work under way as the limit ${name} allows, ${what}.`,
    fix: "Try again when some of it is done.",
    retryAfter: Math.max(1, Math.ceil(maxWait / 1000)),
  });
}
