import { TenantryError } from "../../core/tenantry-error.js";
import type { CountedBy } from "./counter-key.js";

/** So many failures within a window, which begins with the first. */
export interface Allowance {
  /** 1 to 1,000,000. */
  readonly failures: number;
  /** Seconds, 1 to 86,400. */
  readonly within: number;
}

export type Allowances = Readonly<Record<CountedBy, readonly Allowance[]>>;

/**
 * An account's windows grow, and so does the wait: a minute after 5 failures, a quarter of an hour after
 * 10, a day after 100 (NIST SP 800-63B-4 §3.2.2 has 100 as the most, and a growing wait as a means).
 * A tenant's is wide, as whoever wants can use it up: it slows down lists that are tried from
 * many addresses against many accounts.
 */
export const usualAllowances: Allowances = {
  account: [
    { failures: 5, within: 60 },
    { failures: 10, within: 900 },
    { failures: 100, within: 86_400 },
  ],
  address: [{ failures: 100, within: 900 }],
  tenant: [{ failures: 5_000, within: 900 }],
};

/** @throws {TenantryError} `CONFIG_INVALID` */
export function checkAllowances(by: CountedBy, given: unknown): readonly Allowance[] {
  const sound =
    Array.isArray(given) &&
    given.length <= 5 &&
    given.every(isAllowance) &&
    // Two of one length would share a counter, and count twice.
    new Set(given.map(({ within }) => within)).size === given.length;
  if (sound && (given.length > 0 || by !== "account")) {
    return [...(given as readonly Allowance[])].sort((a, b) => a.within - b.within);
  }
  throw new TenantryError("CONFIG_INVALID", {
    message: `The allowances by ${by} are not acceptable.`,
    fix: "Pass up to five of { failures: 1 to 1000000, within: 1 to 86400 seconds }, each of another length; by account one at least.",
  });
}

function isAllowance(value: unknown): value is Allowance {
  const { failures, within } = (value ?? {}) as Partial<Allowance>;
  return isWhole(failures, 1_000_000) && isWhole(within, 86_400);
}

function isWhole(value: unknown, most: number): boolean {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= most;
}
