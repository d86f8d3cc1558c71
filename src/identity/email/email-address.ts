import { domainToASCII, domainToUnicode } from "node:url";
import { isHostName } from "../../core/host-name.js";
import { TenantryError } from "../../core/tenantry-error.js";

/** Octets of an address: a path's 256 less its brackets (RFC 5321 §4.5.3.1.3). */
export const longestAddress = 254;
/** Octets of a local part (RFC 5321 §4.5.3.1.1). */
export const longestLocalPart = 64;

export interface EmailAddress {
  /** As it was typed, without spaces around it: for sending and for showing. */
  readonly address: string;
  /**
   * What identifies it: the local part in lower case, the domain in lower case and as A-labels. Case is
   * dropped although RFC 5321 §2.4 lets a host tell it apart, for none does, and two accounts that
   * differ in it would be a trap. Dots and what follows a `+` stay: what they mean is the business of
   * the mailbox's provider, and of two mailboxes taken for one, one could take the other's account.
   */
  readonly key: string;
}

/** A dot-atom (RFC 5322 §3.2.3): ASCII, no quotes, no comments, no dot at an end or beside another. */
const dotAtom = /^[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*$/;

/**
 * Reads an address that somebody typed. Strict: nothing is mended but spaces around it. A domain may be
 * typed in Unicode; a local part is ASCII, since RFC 6531's others have look-alikes without end.
 * @throws {TenantryError} `EMAIL_INVALID`; the message does not repeat what was typed
 */
export function parseEmailAddress(text: unknown): EmailAddress {
  if (typeof text !== "string") throw refusal("it is no text");
  if (text.length > 2 * longestAddress) throw refusal("it is too long");
  const address = text.replace(/^ +| +$/g, "");
  if (/[\p{C}\p{Z}]/u.test(address)) throw refusal("it holds a space or an invisible character");
  if (address.normalize("NFKC") !== address)
    throw refusal("it holds a look-alike of another character");
  const [localPart = "", typedDomain, ...rest] = address.split("@");
  if (typedDomain === undefined || rest.length > 0) throw refusal("it has not exactly one @");
  if (!dotAtom.test(localPart)) throw refusal("what is before the @ is not acceptable");
  if (localPart.length > longestLocalPart) throw refusal("what is before the @ is too long");
  const domain = readDomain(typedDomain);
  if (domain === null) throw refusal("what is behind the @ is no domain");
  const key = `${localPart.toLowerCase()}@${domain}`;
  if (key.length > longestAddress || Buffer.byteLength(address) > longestAddress) {
    throw refusal("it is too long");
  }
  return Object.freeze({ address, key });
}

/** `domainToASCII` drops and maps characters silently; a domain that does not come back is refused. */
function readDomain(typed: string): string | null {
  const domain = domainToASCII(typed);
  if (!isHostName(domain)) return null;
  const lower = typed.toLowerCase();
  return lower === domain || lower === domainToUnicode(domain) ? domain : null;
}

function refusal(why: string): TenantryError {
  return new TenantryError("EMAIL_INVALID", {
    message: `This is not an e-mail address for an account: ${why}.`,
    fix: "Have it typed again, like ada@example.com.",
  });
}
