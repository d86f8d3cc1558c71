import { TenantryError } from "../../core/tenantry-error.js";
import { isUuid } from "../../core/uuid.js";
import { assertId } from "./check-id.js";
import type { EndTarget } from "./contract.js";
import type { GrantParts } from "./parts.js";
import { endGrantsText } from "./statements.js";

const reasonPattern = /^[a-z][a-z0-9-]{0,31}$/;

export async function endGrants(
  { database, clock }: GrantParts,
  tenantId: string,
  target: EndTarget,
  reason: string,
): Promise<number> {
  assertId("tenantId", tenantId);
  const [column, id] = selected(target);
  if (!reasonPattern.test(reason)) {
    throw invalid("the reason is not written in lower-case words with hyphens, 32 at most");
  }
  const { rows } = await database.query<{ count: number }>(
    tenantId,
    endGrantsText(column),
    [tenantId, id, reason, clock()],
    // A suspended tenant's people may be signed out all the same.
    { anyStatus: true },
  );
  return rows[0]!.count;
}

/** Exactly one of the four: an `undefined` that slipped in must not mean all. */
function selected(target: EndTarget): [Parameters<typeof endGrantsText>[0], string | null] {
  const given = Object.entries(target ?? {});
  const [[name, value] = []] = given;
  if (given.length === 1) {
    if (name === "all" && value === true) return [null, null];
    const column = { grantId: "id", sessionId: "session_id", accountId: "account_id" } as const;
    if (name !== undefined && Object.hasOwn(column, name) && isUuid(value)) {
      return [column[name as keyof typeof column], value];
    }
  }
  throw invalid(
    "it is not said which: one of grantId, sessionId, accountId (a uuid), or all: true",
  );
}

function invalid(why: string): TenantryError {
  return new TenantryError("CONFIG_INVALID", {
    message: `Grants cannot be ended: ${why}.`,
    fix: 'Call end(tenantId, { sessionId }, "signed-out"), or { all: true } for the whole tenant.',
  });
}
