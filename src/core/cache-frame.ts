import { shared } from "./shared-state.js";

/**
 * Tells which shared cache of a framework (Next.js's `use cache`, `unstable_cache`) the running code
 * fills: an object that is the same throughout one filling, or null.
 */
export type CacheFrame = () => object | null;

/**
 * From now on a scope that was entered outside of such a filling is refused inside it: the cache's
 * key does not know the tenant, so what is read there would be served to the next one.
 * @param of what the frames belong to: registering the same again, as reloaded modules do, replaces
 */
export function watchCacheFrames(of: object, frame: CacheFrame): void {
  shared().cacheFrames.set(of, frame);
}

export function currentCacheFrame(): object | null {
  const { cacheFrames } = shared();
  if (cacheFrames.size === 0) return null;
  for (const frame of cacheFrames.values()) {
    const current = frame();
    if (current !== null) return current;
  }
  return null;
}
