import { runDetached } from "../../core/context.js";
import { isTenantryError } from "../../core/tenantry-error.js";
import { within } from "../../registry/within.js";
import { degradedTtl, type AuthoritySettings } from "./options.js";
import { authorityUnavailable } from "./refusal.js";

/**
 * One read of the database, within its time. While the feed is down, an answer that took longer than
 * anything may be kept is none: what it says may have been changed as long ago.
 * @throws {TenantryError} `DATABASE_UNAVAILABLE`, or what `work` throws of ours
 */
export type Read = <T>(work: () => Promise<T>) => Promise<T>;

export function createReads(
  isUp: () => boolean,
  { readTimeout, now }: Pick<AuthoritySettings, "readTimeout" | "now">,
): Read {
  return async (work) => {
    const began = now();
    // Outside of any request: many share the answer, and it must not keep the first one's tenant.
    const answer = await within(readTimeout, "a read of who may what", runDetached(work)).catch(
      (error: unknown) => {
        throw isTenantryError(error) ? error : failed(error);
      },
    );
    if (!isUp() && now() - began > degradedTtl) throw tooSlow();
    return answer;
  };
}

const failed = (cause: unknown) =>
  authorityUnavailable(
    `Whether a token is still good could not be asked: ${(cause as Error).message}.`,
    "Look at the database's load, and at the network in between.",
    cause,
  );

const tooSlow = () =>
  authorityUnavailable(
    `Whether a token is still good took longer to ask than ${degradedTtl} ms, with the feed down.`,
    "Look at the database's load, and at the event authority.feed-down.",
  );
