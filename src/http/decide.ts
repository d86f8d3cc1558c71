import { runDetached } from "../core/context.js";
import type { TenantScope } from "../core/scope.js";
import type { IncomingRequest } from "../resolver/contract.js";
import type { Tenantry } from "../tenantry.js";
import type { Answer } from "./answer.js";
import { answerToFailure } from "./failure.js";

/** The slice of a Tenantry that serving requests takes. */
export type RequestTenancy = Pick<Tenantry, "resolver" | "events">;

/** A request that may go on to a handler. */
export type Admission =
  | { readonly kind: "tenant"; readonly scope: TenantScope }
  | { readonly kind: "central"; readonly route: string };

export type Decision = Admission | ({ readonly kind: "refused" } & Answer);

/**
 * Whom a request is for, or the whole answer where it is refused. Never rejects: an error that is
 * not Tenantry's is a generic 500 and an event.
 *
 * Resolves outside of any context: a connection that is kept alive, or a caller within this process,
 * must not lend its tenant to the next request.
 */
export function decide(tenancy: RequestTenancy, incoming: IncomingRequest): Promise<Decision> {
  return runDetached(async (): Promise<Decision> => {
    try {
      return await tenancy.resolver.resolve(incoming);
    } catch (error) {
      return { kind: "refused", ...answerToFailure(tenancy.events, error) };
    }
  });
}
