/** Bytes of UTF-8 that a password may have. Longer ones are refused, never cut off. */
export const mostPasswordBytes = 1024;

/** No text that is longer in UTF-16 comes down to 1,024 bytes: NFC makes 4 units 1 at most. */
const mostUnits = 4 * mostPasswordBytes;

/**
 * What of a password is hashed: its Unicode form NFC (NIST SP 800-63B-4 §3.1.1.2; RFC 8265 §4.2.2),
 * since one keyboard sends `é` as one code point and another as two. Not NFKC, which makes different
 * passwords equal: `²` becomes `2`. Case and spaces stay as they are.
 * @returns null for what is no password: over 1,024 bytes, or with half a surrogate pair, all of which
 * would be the same bytes
 */
export function normalPassword(password: unknown): string | null {
  if (typeof password !== "string" || password.length > mostUnits) return null;
  const normal = password.normalize("NFC");
  if (/\p{Surrogate}/u.test(normal) || Buffer.byteLength(normal) > mostPasswordBytes) return null;
  return normal;
}
