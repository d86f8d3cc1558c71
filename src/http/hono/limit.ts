import { currentContext } from "../../core/context.js";
import type { Limit } from "../../limits/contract.js";
import type { HonoContext, HonoNext } from "./slices.js";

/**
 * Hono middleware that lets a tenant's request through within `limit`, which holds until the handler
 * has given its response; a body that is streamed afterwards is not held. Mount it after
 * `honoTenancy`; what it refuses goes to `honoErrors`. A central route has no tenant to count for and
 * passes.
 * @param options for each request: a sub-key, a cost
 */
export function honoLimit<Options, C extends HonoContext = HonoContext>(
  limit: Limit<Options>,
  options?: (context: C) => Options,
): (context: C, next: HonoNext) => Promise<undefined> {
  return async (context, next) => {
    if (currentContext()?.kind === "central") {
      await next();
      return undefined;
    }
    const release = await limit.acquire(options?.(context));
    try {
      await next();
    } finally {
      release();
    }
    return undefined;
  };
}
