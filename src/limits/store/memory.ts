import { RateLimiterMemory } from "rate-limiter-flexible";
import type { LimitKey } from "../key.js";
import type { RateBackend, RateStore, StoreSettings } from "./contract.js";
import { counting } from "./counting.js";

/** Sub-keys of one tenant that are counted apart within one window. */
const mostSubKeys = 10_000;

/**
 * Counts in this process alone: with several processes a tenant has the budget once in each. A tenant
 * that uses more than 10,000 sub-keys within a window has one counter for all that come after.
 */
export function inMemory(): RateBackend {
  return { remote: false, open: openMemory };
}

function openMemory(settings: StoreSettings): RateStore {
  const { prefix, duration } = settings;
  const store = counting(
    new RateLimiterMemory({ keyPrefix: prefix, points: 0, duration }),
    settings,
  );
  const known = new Map<string, Set<string>>();
  let since = performance.now();

  const bounded = ({ tenantId, part }: LimitKey): LimitKey => {
    if (performance.now() - since >= duration * 1000) {
      known.clear();
      since = performance.now();
    }
    const parts = known.get(tenantId) ?? new Set();
    known.set(tenantId, parts);
    if (parts.size >= mostSubKeys && !parts.has(part)) return { tenantId, part: "others" };
    parts.add(part);
    return { tenantId, part };
  };
  return { add: (key, cost) => store.add(key.part === "" ? key : bounded(key), cost) };
}
