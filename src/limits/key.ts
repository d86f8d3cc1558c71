import { createHash } from "node:crypto";
import type { TenantScope } from "../core/scope.js";
import { TenantryError } from "../core/tenantry-error.js";
import type { LimitedBy } from "./contract.js";

/** Names one counter. */
export interface LimitKey {
  readonly tenantId: string;
  /** Which of the tenant's counters: base64url of a hash, or empty for its only one. */
  readonly part: string;
}

const mostParts = 8;
const longestPart = 1024;

/**
 * The counter of the scope's tenant. Two different lists of texts never meet: JSON keeps their bounds
 * apart, and the hash has one length, so that a client's text cannot reach into the key around it.
 */
export function keyOf(
  scope: TenantScope,
  by: LimitedBy,
  given: string | readonly string[] | undefined,
): LimitKey {
  const parts = given === undefined ? [] : checked(typeof given === "string" ? [given] : given);
  const tenantId = scope.tenant.id;
  if (by === "tenant" && parts.length === 0) return { tenantId, part: "" };
  const { actor } = scope;
  const who = by === "tenant" ? [] : actor.kind === "anonymous" ? [""] : [actor.kind, actor.id];
  const part = createHash("sha256")
    .update(JSON.stringify([who, parts]))
    .digest("base64url");
  return { tenantId, part };
}

/** As stores keep it. The braces keep a tenant's counters on one node of a Redis Cluster. */
export function textOf({ tenantId, part }: LimitKey): string {
  return part === "" ? `{${tenantId}}` : `{${tenantId}}:${part}`;
}

/** @throws {TenantryError} `CONFIG_INVALID`; the message does not show what was given */
function checked(parts: readonly unknown[]): readonly string[] {
  const sound =
    Array.isArray(parts) &&
    parts.length > 0 &&
    parts.length <= mostParts &&
    parts.every((part) => typeof part === "string" && part.length <= longestPart);
  if (sound) return parts as readonly string[];
  throw new TenantryError("CONFIG_INVALID", {
    message: "The `key` of a limit is not a text or a list of texts, or too large.",
    fix: `Pass 1 to ${mostParts} texts of at most ${longestPart} characters; an absent value is no text.`,
  });
}
