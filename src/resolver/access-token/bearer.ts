import type { IncomingRequest } from "../contract.js";
import { headerValues } from "../headers.js";
import { tokenInvalid } from "./token-errors.js";

/**
 * The token of `Authorization: Bearer` (RFC 6750 §2.1), or null where there is none: no such
 * header, or one of another scheme.
 * @throws {TenantryError} `TOKEN_INVALID` where there are two, or one that is not written plainly
 */
export function bearerToken(request: IncomingRequest): string | null {
  const [value, ...more] = headerValues(request, "authorization");
  if (more.length > 0) throw tokenInvalid("the request has more than one Authorization header");
  if (value === undefined) return null;
  const [, rest] = /^bearer(?![!#$%&'*+.^_`|~0-9a-z-])(.*)$/is.exec(value) ?? [];
  if (rest === undefined) return null;
  if (!/^ [\x21-\x7e]+$/.test(rest)) throw tokenInvalid("the Bearer header is not one token");
  return rest.slice(1);
}
