import { randomBytes } from "node:crypto";
import { isTenantryError } from "../../core/tenantry-error.js";
import { newUuid } from "../../core/uuid.js";
import type { Granted, StartOptions } from "./contract.js";
import { assertId } from "./check-id.js";
import { asStored } from "./device.js";
import { refuseStart } from "./grant-events.js";
import type { GrantParts } from "./parts.js";
import { makeRefreshToken } from "./refresh-token.js";
import { refusalOf, standingOf, type StandingRow } from "./standing.js";
import { startGrantText } from "./statements.js";

/** The grant's columns are null where none was made. */
type StartedRow = StandingRow &
  (
    | { readonly generation: number; readonly expiresAt: Date }
    | { readonly generation: null; readonly expiresAt: null }
  );

export async function startGrant(parts: GrantParts, options: StartOptions): Promise<Granted> {
  const { tenantId, accountId, sessionId } = options;
  assertId("tenantId", tenantId);
  assertId("accountId", accountId);
  assertId("sessionId", sessionId);
  const [grantId, seed] = [newUuid(), randomBytes(32)];
  const row = await insert(parts, options, grantId, seed);
  if (row.generation === null) {
    throw refuseStart(parts.events, refusalOf(row) ?? "unknown", options);
  }
  const grant = {
    ...standingOf(row, parts.roles),
    tenantId,
    grantId,
    generation: row.generation,
    expiresAt: row.expiresAt.getTime(),
  };
  return { grant, refreshToken: makeRefreshToken(parts.keys, seed, grant) };
}

async function insert(
  { database, events, clock, lifetimeSeconds }: GrantParts,
  options: StartOptions,
  grantId: string,
  seed: Buffer,
): Promise<StartedRow> {
  const { tenantId, accountId, sessionId } = options;
  const { client, address, userAgent } = asStored(options);
  try {
    const { rows } = await database.query<StartedRow>(tenantId, startGrantText, [
      tenantId,
      grantId,
      accountId,
      sessionId,
      clock(),
      seed,
      lifetimeSeconds,
      client,
      address,
      userAgent,
    ]);
    return rows[0]!;
  } catch (error) {
    if (isTenantryError(error, "TENANT_INACTIVE") || isTenantryError(error, "TENANT_NOT_FOUND")) {
      throw refuseStart(events, "tenant-inactive", options);
    }
    throw error;
  }
}
