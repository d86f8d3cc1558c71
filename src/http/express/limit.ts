import { currentContext } from "../../core/context.js";
import type { Limit } from "../../limits/contract.js";
import type { ExpressNext, ExpressRequest, ExpressResponse } from "./slices.js";

/** The slice of Express's response that tells its end. */
export interface LimitedResponse extends ExpressResponse {
  once(event: "close", listener: () => void): unknown;
}

/**
 * Express middleware that lets a tenant's request through within `limit`, which holds until the
 * response is sent or the client is gone. Mount it after `expressTenancy`; what it refuses goes to
 * `expressErrors`. A central route has no tenant to count for and passes.
 * @param options for each request: a sub-key, a cost
 */
export function expressLimit<Options, Request extends ExpressRequest = ExpressRequest>(
  limit: Limit<Options>,
  options?: (request: Request) => Options,
): (request: Request, response: LimitedResponse, next: ExpressNext) => void {
  const pass = async (request: Request, response: LimitedResponse): Promise<boolean> => {
    const release = await limit.acquire(options?.(request));
    if (response.destroyed) release();
    else response.once("close", release);
    return !response.destroyed;
  };
  return (request, response, next) => {
    if (currentContext()?.kind === "central") return next();
    // The client is gone where it has not passed: no one is left to serve.
    pass(request, response).then((passed) => void (passed && next()), next);
  };
}
