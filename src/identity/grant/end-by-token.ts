import { endGrants } from "./end-grants.js";
import type { GrantParts } from "./parts.js";
import { isGenuine } from "./refresh-token.js";
import { readSeedText } from "./statements.js";
import { readRefreshToken } from "./token-text.js";

/** The MAC is checked, so that to know a grant's id is not enough to end it. */
export async function endByToken(
  parts: GrantParts,
  tenantId: string,
  token: unknown,
  reason: string,
): Promise<boolean> {
  const read = readRefreshToken(token);
  if (read?.tenantId !== tenantId) return false;
  const { grantId } = read;
  const anyStatus = { anyStatus: true };
  const { rows } = await parts.database.query<{ seed: Buffer }>(
    tenantId,
    readSeedText,
    [tenantId, grantId],
    anyStatus,
  );
  const [row] = rows;
  if (row === undefined || !isGenuine(parts.keys, row.seed, read)) return false;
  return (await endGrants(parts, tenantId, { grantId }, reason)) > 0;
}
