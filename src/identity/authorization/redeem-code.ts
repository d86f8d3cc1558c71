import { isTenantryError, type TenantryError } from "../../core/tenantry-error.js";
import { recorded, type Caller } from "../caller.js";
import { assertId } from "../grant/check-id.js";
import type { Granted } from "../grant/index.js";
import { hashOfToken } from "../opaque-token.js";
import type { CodeParts } from "./code-parts.js";
import type { CodeRedemption, Redeemed } from "./contract.js";
import { challengeOf } from "./pkce.js";
import { refuseCode, type CodeRefusal } from "./refuse-code.js";
import { redeemedText, useText } from "./statements.js";

interface UsedRow {
  readonly accountId: string;
  readonly sessionId: string;
  /** Of an earlier use. */
  readonly grantId: string | null;
  readonly nonce: string | null;
  readonly because: CodeRefusal | null;
}

export async function redeemCode(
  parts: CodeParts,
  redemption: CodeRedemption,
  caller: Caller,
): Promise<Redeemed> {
  const { tenant, client } = redemption;
  assertId("tenant", tenant.id);
  const hash = hashOfToken(redemption.code);
  if (hash === null) throw refuse(parts, tenant.id, "malformed");
  const row = await use(parts, redemption, caller, hash);
  if (row === undefined) throw refuse(parts, tenant.id, "unknown");
  const { accountId, sessionId, grantId, nonce, because } = row;
  if (because !== null) {
    if (grantId !== null) await end(parts, tenant.id, grantId);
    throw refuse(parts, tenant.id, because, grantId);
  }
  const started = { tenantId: tenant.id, accountId, sessionId, ...caller, client };
  const granted = await parts.grants.start(started);
  await assertUsedOnce(parts, granted, caller, hash);
  return { ...granted, nonce };
}

async function use(
  parts: CodeParts,
  { tenant, redirectUri, client, codeVerifier }: CodeRedemption,
  caller: Caller,
  hash: Buffer,
): Promise<UsedRow | undefined> {
  try {
    const { rows } = await parts.database.query<UsedRow>(tenant.id, useText, [
      tenant.id,
      hash,
      comparable(redirectUri, 2048),
      client === null ? null : comparable(client, 128),
      challengeOf(codeVerifier),
      ...recorded(caller),
    ]);
    return rows[0];
  } catch (error) {
    if (isTenantryError(error, "TENANT_INACTIVE") || isTenantryError(error, "TENANT_NOT_FOUND")) {
      throw refuse(parts, tenant.id, "tenant-inactive");
    }
    throw error;
  }
}

/**
 * Links the grant to its code. One who used the code again before found no grant to end, so it ends
 * here; one who does later finds it.
 */
async function assertUsedOnce(
  parts: CodeParts,
  { grant: { tenantId, grantId } }: Granted,
  caller: Caller,
  hash: Buffer,
): Promise<void> {
  const values = [tenantId, hash, grantId, ...recorded(caller)];
  const { rows } = await parts.database.query(tenantId, redeemedText, values);
  if (rows.length > 0) return;
  await end(parts, tenantId, grantId);
  throw refuse(parts, tenantId, "used", grantId);
}

/** A statement of its own: that which met the code may have begun before the grant was there to see. */
function end({ grants }: CodeParts, tenantId: string, grantId: string): Promise<number> {
  return grants.end(tenantId, { grantId }, "code-used-again");
}

function refuse(
  { events }: CodeParts,
  tenantId: string,
  because: CodeRefusal,
  grantId: string | null = null,
): TenantryError {
  return refuseCode(events, because, { tenantId, grantId });
}

/** Text as it may have been stored; the empty one, which none is, for anything else. */
function comparable(text: unknown, longest: number): string {
  const isOne = typeof text === "string" && text.length <= longest && /^[\x20-\x7e]*$/.test(text);
  return isOne ? text : "";
}
