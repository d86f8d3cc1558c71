import { AsyncLocalStorage } from "node:async_hooks";
import type { CacheFrame } from "./cache-frame.js";
import type { Context } from "./context.js";

const key = Symbol.for("tenantry.context.v1");

interface SharedState {
  readonly storage: AsyncLocalStorage<Context | undefined>;
  readonly issuedScopes: WeakSet<object>;
  /** By scope: see scope.ts. */
  readonly credentials: WeakMap<object, object>;
  readonly cacheFrames: Map<object, CacheFrame>;
}

/**
 * What every copy of this package in one process must share. It hangs on `globalThis` because
 * bundlers evaluate modules twice: with a storage per copy, one copy's scope would be invisible
 * to the other.
 */
export function shared(): SharedState {
  const holder = globalThis as { [key]?: SharedState };
  return (holder[key] ??= Object.freeze({
    storage: new AsyncLocalStorage<Context | undefined>(),
    issuedScopes: new WeakSet<object>(),
    credentials: new WeakMap<object, object>(),
    cacheFrames: new Map<object, CacheFrame>(),
  }));
}
