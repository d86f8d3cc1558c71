import { assertCompactForm } from "../../resolver/access-token/compact-form.js";
import { tokenInvalid } from "../../resolver/access-token/token-errors.js";
import type { Payload } from "./payload.js";

/** `typ` of every access token (RFC 9068 §2.1): nothing else passes for one (RFC 8725 §3.11). */
export const accessTokenType = "at+jwt";

/** The one header that our tokens have. */
export interface OwnHeader {
  readonly alg: string;
  readonly kid: string;
}

/**
 * The header of a token in the form that we write and no other: canonical compact form, and a header
 * of `alg`, `kid` and `typ` alone. So no `jku`, `x5u`, `jwk`, `crit` or `b64` is ever looked at.
 * @throws {TenantryError} `TOKEN_INVALID`
 */
export function ownHeader(token: string): OwnHeader {
  assertCompactForm(token);
  const { alg, kid, typ, ...others } = canonicalJson(token.split(".")[0]!, "header");
  if (Object.keys(others).length > 0) throw tokenInvalid("its header has members that ours lack");
  if (typ !== accessTokenType) throw tokenInvalid(`its type is not ${accessTokenType}`);
  if (typeof alg !== "string" || typeof kid !== "string") {
    throw tokenInvalid("its header names no algorithm or no key");
  }
  return { alg, kid };
}

/** @throws {TenantryError} `TOKEN_INVALID` */
export function ownPayload(token: string): Payload {
  return canonicalJson(token.split(".")[1]!, "payload");
}

/**
 * Reads an object only if writing it again gives the same bytes. That refuses a member that is there
 * twice, which two readers may read differently, and every other second spelling at once.
 */
function canonicalJson(segment: string, part: string): Readonly<Record<string, unknown>> {
  const value = parse(segment);
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Readonly<Record<string, unknown>>;
  }
  throw tokenInvalid(`its ${part} is not a JSON object as we write it`);
}

/** Undefined for what is no such JSON: the error of JSON.parse quotes the text and goes no further. */
function parse(segment: string): unknown {
  try {
    const value: unknown = JSON.parse(Buffer.from(segment, "base64url").toString());
    const again = Buffer.from(JSON.stringify(value)).toString("base64url");
    return again === segment ? value : undefined;
  } catch {
    return undefined;
  }
}
