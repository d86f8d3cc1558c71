import { TenantryError } from "../../core/tenantry-error.js";
import { isUuid } from "../../core/uuid.js";
import { recorded } from "../caller.js";
import type { GrantDatabase } from "../grant/index.js";
import { longestTokenLife } from "../token/claims.js";
import type { Authority, AuthorityChange } from "./contract.js";
import * as sql from "./statements.js";

type Revocations = Pick<Authority, "denyToken" | "raiseTenantVersion">;

/** How much longer than the longest life an expiry may seem to be away: clocks differ. Milliseconds. */
const slack = 60_000;

/**
 * Writes what makes tokens stale, each change and its event in one statement.
 * @param tell takes the change in here, where nobody should wait for the announcement
 */
export function createRevocations(
  database: GrantDatabase,
  tell: (change: AuthorityChange) => void,
): Revocations {
  async function first<R>(tenantId: string, text: string, values: readonly unknown[]): Promise<R> {
    const every = [tenantId, ...values];
    // A suspended tenant's tokens may be revoked all the same.
    return (await database.query<R>(tenantId, text, every, { anyStatus: true })).rows[0]!;
  }

  return {
    async denyToken(tenantId, tokenId, expiresAt, reason, caller) {
      assertIds({ tenantId, tokenId });
      assertReason(reason);
      assertExpiry(expiresAt);
      const values = [tokenId, expiresAt, reason, ...recorded(caller)];
      const row = await first<{ expiresAt: Date }>(tenantId, sql.deny, values);
      tell({ kind: "denied", tenantId, tokenId, expiresAt: row.expiresAt.getTime() });
    },
    async raiseTenantVersion({ id: tenantId }, reason, { accountId, caller }) {
      assertIds({ tenantId, accountId });
      assertReason(reason);
      const values = [accountId, reason, ...recorded(caller)];
      const row = await first<{ version: string }>(tenantId, sql.raise, values);
      const version = Number(row.version);
      tell({ kind: "version", tenantId, accountId: null, version });
      return version;
    },
  };
}

function assertIds(ids: Readonly<Record<string, unknown>>): void {
  for (const [name, id] of Object.entries(ids)) {
    if (!isUuid(id))
      throw invalid(`${name} is no lower-case uuid`, "Pass the id as it is in the claims.");
  }
}

function assertReason(reason: unknown): void {
  if (typeof reason === "string" && /^[^\p{Cc}\p{Cs}]{1,200}$/u.test(reason)) return;
  throw invalid("the reason is not 1 to 200 characters on one line", "Say why, in a few words.");
}

function assertExpiry(expiresAt: unknown): void {
  const left = expiresAt instanceof Date ? expiresAt.getTime() - Date.now() : NaN;
  if (left <= longestTokenLife * 1_000 + slack) return;
  throw invalid(
    "expiresAt is no Date, or more than an hour away",
    "Pass the token's own `exp`: new Date(claims.expiresAt * 1000).",
  );
}

function invalid(why: string, fix: string): TenantryError {
  return new TenantryError("CONFIG_INVALID", {
    message: `Tokens cannot be revoked: ${why}.`,
    fix,
  });
}
