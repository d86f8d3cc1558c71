import type { RefreshContext } from "./contract.js";
import { tellOfReuse } from "./grant-events.js";
import type { GrantParts } from "./parts.js";
import type { GrantRow } from "./read-grant.js";
import type { StandingRefusal } from "./standing.js";
import { endRefusedGrantText } from "./statements.js";
import type { RefreshTokenParts } from "./token-text.js";

type Because = "reuse" | Exclude<StandingRefusal, "membership-suspended">;

/** Ends the grant of a token that was refused for good; of those at once, one writes and tells. */
export async function endRefused(
  parts: GrantParts,
  { tenantId, grantId, generation }: RefreshTokenParts,
  { address, userAgent }: RefreshContext,
  because: Because | StandingRefusal,
  { accountId, sessionId }: GrantRow,
): Promise<void> {
  const isReuse = because === "reuse";
  const { rows } = await parts.database.query(tenantId, endRefusedGrantText, [
    tenantId,
    grantId,
    because,
    isReuse ? "grant.reused" : "grant.ended",
    isReuse ? "security" : "info",
    parts.clock(),
    address,
    userAgent,
    generation,
  ]);
  if (!isReuse || rows.length === 0) return;
  const reuse = { tenantId, accountId, sessionId, grantId, address, userAgent };
  tellOfReuse(parts.events, parts.onReuse, reuse);
}
