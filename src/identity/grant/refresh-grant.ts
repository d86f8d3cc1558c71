import { isTenantryError } from "../../core/tenantry-error.js";
import type { RefreshContext, RefreshResult } from "./contract.js";
import { asStored } from "./device.js";
import { endRefused } from "./end-refused.js";
import { refuseRefresh, type Refused } from "./grant-events.js";
import type { GrantParts } from "./parts.js";
import { readGrant, type GrantRow } from "./read-grant.js";
import { isGenuine, makeRefreshToken } from "./refresh-token.js";
import { decide, type RotationDecision } from "./rotation.js";
import { isPassing, refusalOf, standingOf } from "./standing.js";
import { rotateGrantText } from "./statements.js";
import { readRefreshToken, type RefreshTokenParts } from "./token-text.js";

/** One use of one token that can be read. */
interface Use {
  readonly parts: GrantParts;
  readonly token: RefreshTokenParts;
  readonly context: RefreshContext;
}

export async function refreshGrant(
  parts: GrantParts,
  text: unknown,
  given: RefreshContext,
): Promise<RefreshResult> {
  const context = { ...given, ...asStored(given) };
  const { tenantId } = context;
  const token = readRefreshToken(text);
  if (token === null) {
    return refused(parts, { because: "malformed", severity: "warning", tenantId });
  }
  if (token.tenantId !== tenantId) {
    return refused(parts, { because: "other-tenant", severity: "security", tenantId });
  }
  try {
    return await useToken({ parts, token, context });
  } catch (error) {
    if (!isTenantryError(error, "TENANT_INACTIVE") && !isTenantryError(error, "TENANT_NOT_FOUND")) {
      throw error;
    }
    return refused(parts, { because: "tenant-inactive", severity: "info", tenantId });
  }
}

/** @param isLast whether the rotation was lost to another use before, which leaves it the parent's part */
async function useToken(use: Use, isLast = false): Promise<RefreshResult> {
  const { parts, token, context } = use;
  const row = await readGrant(parts, token);
  if (row === null) return refuse(use, "unknown");
  if (!isGenuine(parts.keys, row.seed, token)) return refuse(use, "forged", "security");
  if (row.client !== context.client) return refuse(use, "other-client", "security");
  const { graceMilliseconds: grace, settlingMilliseconds: settling } = parts;
  const decision = decide(row, token.generation, row.at.getTime(), grace, settling);
  if (decision.act === "refuse") return refuse(use, decision.because);
  if (decision.act === "end") {
    await endRefused(parts, token, context, "reuse", row);
    return refuse(use, "reused", "security");
  }
  const standing = refusalOf(row);
  if (standing !== null) {
    if (!isPassing(standing)) await endRefused(parts, token, context, standing, row);
    return refuse(use, standing);
  }
  return answer(use, row, decision, isLast);
}

async function answer(
  use: Use,
  row: GrantRow,
  decision: Extract<RotationDecision, { act: "rotate" | "repeat" }>,
  isLast: boolean,
): Promise<RefreshResult> {
  const { parts, token } = use;
  if (decision.act === "rotate" && !(await rotate(use))) {
    return isLast ? refuse(use, "contended") : useToken(use, true);
  }
  const grant = {
    ...standingOf(row, parts.roles),
    tenantId: token.tenantId,
    grantId: token.grantId,
    generation: decision.act === "rotate" ? decision.to : row.generation,
    expiresAt: row.expiresAt,
  };
  const refreshToken = makeRefreshToken(parts.keys, row.seed, grant);
  return { outcome: decision.act === "rotate" ? "rotated" : "repeated", grant, refreshToken };
}

/** @returns false where another use of the token, or an end, came first */
async function rotate({ parts, token, context }: Use): Promise<boolean> {
  const { tenantId, grantId, generation } = token;
  const { rows } = await parts.database.query(tenantId, rotateGrantText, [
    tenantId,
    grantId,
    generation,
    parts.clock(),
    context.address,
    context.userAgent,
  ]);
  return rows.length === 1;
}

function refuse(
  { parts, token }: Use,
  because: string,
  severity: Refused["severity"] = "info",
): RefreshResult {
  const { tenantId, grantId } = token;
  return refused(parts, { because, severity, tenantId, grantId });
}

function refused({ events }: GrantParts, why: Refused): RefreshResult {
  return { outcome: "refused", error: refuseRefresh(events, why) };
}
