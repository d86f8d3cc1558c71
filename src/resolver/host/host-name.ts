import { isHostName } from "../../core/host-name.js";

/** A host name in its one spelling, or what is wrong with it. */
export type ParsedHost =
  { readonly ok: true; readonly name: string } | { readonly ok: false; readonly problem: string };

/** ASCII before lower-casing, which would turn a Kelvin sign into a k. */
const hostPattern = /^([A-Za-z0-9.-]+)(?::([0-9]*))?$/;

/**
 * Brings the host of a Host header, or of an absolute-form target, into its one spelling: lower
 * case, without port and without one trailing dot.
 *
 * Only names are accepted, made of ASCII letters, digits and inner hyphens (RFC 1123 §2.1): no IP
 * address in any spelling (`127.1`, `0x7f.1`, `1`, `[::1]`), no underscore, no userinfo, nothing
 * percent-encoded, no list. The wire carries A-labels, so other than ASCII is refused, and an
 * `xn--` label is accepted only where two normalisers agree on it (`isHostName`): the WHATWG URL
 * parser, and the way to Unicode and back. Nothing is handed to a normaliser to be mended, as
 * `domainToASCII` rewrites silently.
 */
export function parseHost(text: string): ParsedHost {
  if (text === "") return refused("the host is empty");
  const [, spelled, port] = hostPattern.exec(text) ?? [];
  if (spelled === undefined) return refused("the host has characters that no host name has");
  if (port !== undefined && !isPort(port)) return refused("the host's port is not 1 to 65535");
  const lower = spelled.toLowerCase();
  const name = lower.endsWith(".") ? lower.slice(0, -1) : lower;
  if (!isName(name)) return refused("the host is an IP address or no valid host name");
  return { ok: true, name };
}

/** A single label counts too, for `localhost`. */
function isName(name: string): boolean {
  return isHostName(name.includes(".") ? name : `a.${name}`);
}

function isPort(digits: string): boolean {
  return /^[1-9][0-9]{0,4}$/.test(digits) && Number(digits) <= 65535;
}

function refused(problem: string): ParsedHost {
  return { ok: false, problem };
}
