import { tokenInvalid } from "./token-errors.js";

/** Longest access token that is looked at, in characters. */
export const longestToken = 8192;

/** Header members that would let a token bring or choose its own key or rules (RFC 8725 §3.10). */
const refusedMembers = ["jku", "jwk", "x5u", "x5c", "crit"];

/**
 * Refuses every spelling of a token but the one canonical (RFC 7515 §7.1 and §2: base64url without
 * padding, no white space). jose accepts several spellings of one token, and Node's decoder takes
 * almost anything; two spellings of one token defeat whatever is keyed on its text.
 * @throws {TenantryError} `TOKEN_INVALID`
 */
export function assertCompactForm(token: string): void {
  if (token.length > longestToken)
    throw tokenInvalid(`it is longer than ${longestToken} characters`);
  const segments = token.split(".");
  if (segments.length !== 3 || !segments.every(isCanonicalBase64url)) {
    throw tokenInvalid("it is not three canonical base64url segments");
  }
  const header = decodeObject(segments[0]!);
  if (header === null) throw tokenInvalid("its header is not a JSON object");
  const member = refusedMembers.find((name) => Object.hasOwn(header, name));
  if (member !== undefined) throw tokenInvalid(`its header has "${member}"`);
}

/** Round trip: catches padding, foreign characters and stray bits at the end all at once. */
function isCanonicalBase64url(segment: string): boolean {
  return segment !== "" && Buffer.from(segment, "base64url").toString("base64url") === segment;
}

/** No error of JSON.parse goes on from here: it quotes the text. */
function decodeObject(segment: string): object | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(segment, "base64url").toString());
    return typeof value === "object" && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}
