import { domainToASCII, domainToUnicode } from "node:url";

/** Longest host name in characters, without a trailing dot (RFC 1035 §2.3.4). */
export const longestHostName = 253;

const label = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
const hostNamePattern = new RegExp(`^(?:${label}\\.)+${label}$`);

/** What the WHATWG URL Standard reads as an IPv4 address by its last label, `0x7f.1` included. */
const endsInNumber = /(?:^|\.)(?:[0-9]+|0x[0-9a-f]*)$/;

/** Hyphens in places 3 and 4 announce an encoding; only `xn--` is one (RFC 5891 §4.2.3.1). */
const unknownEncoding = /(?:^|\.)(?!xn)..--/;

/**
 * A canonical host name: lower-case ASCII, two labels or more, no trailing dot, no port, no IP
 * address in any spelling, and A-labels only where decoding and encoding gives them back. Nothing
 * is mended: text that would have to be normalised first is not canonical.
 */
export function isHostName(value: unknown): value is string {
  if (typeof value !== "string" || value.length > longestHostName) return false;
  if (!hostNamePattern.test(value) || endsInNumber.test(value)) return false;
  if (unknownEncoding.test(value)) return false;
  return !value.includes("xn--") || roundTrips(value);
}

/** A label that stays `xn--…` when decoded, or comes back otherwise, is another name's look-alike. */
function roundTrips(host: string): boolean {
  if (domainToASCII(host) !== host) return false;
  const decoded = domainToUnicode(host);
  return !/(?:^|\.)xn--/.test(decoded) && domainToASCII(decoded) === host;
}
