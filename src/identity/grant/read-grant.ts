import type { GrantParts } from "./parts.js";
import type { RotationState } from "./rotation.js";
import type { StandingRow } from "./standing.js";
import { readGrantText } from "./statements.js";

/** All that a refresh depends on, as of one moment. */
export interface GrantRow extends StandingRow, RotationState {
  /** 32 bytes. */
  readonly seed: Buffer;
  readonly client: string | null;
}

type Raw = Omit<GrantRow, "rotatedAt" | "expiresAt"> & {
  readonly rotatedAt: Date;
  readonly expiresAt: Date;
};

export async function readGrant(
  { database, clock }: GrantParts,
  { tenantId, grantId }: { readonly tenantId: string; readonly grantId: string },
): Promise<GrantRow | null> {
  const { rows } = await database.query<Raw>(tenantId, readGrantText, [tenantId, grantId, clock()]);
  const [row] = rows;
  if (row === undefined) return null;
  return { ...row, rotatedAt: row.rotatedAt.getTime(), expiresAt: row.expiresAt.getTime() };
}
