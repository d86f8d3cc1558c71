import { isTenantryError, TenantryError } from "../../core/tenantry-error.js";
import type { Caller } from "../caller.js";
import { assertId } from "../grant/check-id.js";
import { asStored } from "../grant/device.js";
import { refuseStart } from "../grant/grant-events.js";
import { refusalOf, type StandingRow } from "../grant/standing.js";
import { newOpaqueToken } from "../opaque-token.js";
import type { CodeParts } from "./code-parts.js";
import type { CodeRequest } from "./contract.js";
import { isCodeChallenge } from "./pkce.js";
import { issueText } from "./statements.js";

type IssuedRow = StandingRow & { readonly issued: boolean };

export async function issueCode(
  parts: CodeParts,
  request: CodeRequest,
  caller: Caller,
): Promise<string> {
  assertRequest(request);
  const { token, hash } = newOpaqueToken();
  const row = await insert(parts, request, caller, hash);
  if (row.issued) return token;
  throw refuseStart(parts.events, refusalOf(row) ?? "unknown", refused(request));
}

async function insert(
  { database, events, lifetimeSeconds }: CodeParts,
  request: CodeRequest,
  caller: Caller,
  hash: Buffer,
): Promise<IssuedRow> {
  const { tenant, session, redirectUri, codeChallenge, nonce } = request;
  const { client, address, userAgent } = asStored({ ...caller, client: request.client });
  try {
    const { rows } = await database.query<IssuedRow>(tenant.id, issueText, [
      tenant.id,
      hash,
      session.accountId,
      session.id,
      lifetimeSeconds,
      client,
      redirectUri,
      codeChallenge,
      nonce,
      address,
      userAgent,
    ]);
    return rows[0]!;
  } catch (error) {
    if (isTenantryError(error, "TENANT_INACTIVE") || isTenantryError(error, "TENANT_NOT_FOUND")) {
      throw refuseStart(events, "tenant-inactive", refused(request));
    }
    throw error;
  }
}

function refused({ tenant, session }: CodeRequest) {
  return { tenantId: tenant.id, accountId: session.accountId };
}

function assertRequest({ tenant, session, redirectUri, codeChallenge, nonce }: CodeRequest): void {
  assertId("tenant", tenant.id);
  assertId("accountId", session.accountId);
  assertId("sessionId", session.id);
  if (!/^[\x21-\x7e]{1,2048}$/.test(redirectUri)) throw invalid("redirectUri");
  if (!isCodeChallenge(codeChallenge)) throw invalid("codeChallenge");
  if (nonce !== null && !/^[\x20-\x7e]{1,255}$/.test(nonce)) throw invalid("nonce");
}

function invalid(name: string): TenantryError {
  return new TenantryError("CONFIG_INVALID", {
    message: `\`${name}\` of an authorization code is not acceptable.`,
    fix: "Check what the request brought before it gets here: RedirectTargets.find, isCodeChallenge.",
  });
}
