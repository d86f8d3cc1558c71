import { below, textOf, type Random } from "../random.js";

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const ulid = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;
const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const digits = "0123456789";
const lower = "abcdefghijklmnopqrstuvwxyz";
const largestInteger = 2_147_483_647;

/**
 * An id of the same shape that nobody has: as long, of the same kinds of characters, with the same
 * prefix, version and time. What differs between the two answers is then not the shape's doing.
 */
export function neverExisted(id: string, random: Random): string {
  const inner = nodeIdOf(id);
  if (inner !== null)
    return encodeNodeId(`${inner.type}:${neverExisted(inner.id, random)}`, id.endsWith("="));
  if (/^\d+$/.test(id)) return unusedNumber(id, random);
  if (uuid.test(id)) return `${id.slice(0, 24)}${like(id.slice(24), random, "0123456789abcdef")}`;
  if (ulid.test(id)) return id.slice(0, 10) + textOf(random, crockford, 16);
  const prefix = /^[A-Za-z]+[_-](?=.{6,}$)/.exec(id)?.[0] ?? "";
  return prefix + like(id.slice(prefix.length), random);
}

/** GraphQL's global ids: base64 of a type and an id, as `Project:12`. */
export function nodeIdOf(id: string): { readonly type: string; readonly id: string } | null {
  if (!/^[A-Za-z0-9+/_-]{8,}={0,2}$/.test(id)) return null;
  const [, type, inner] =
    /^([A-Z][A-Za-z]{1,40}):([\w-]{1,64})$/.exec(Buffer.from(id, "base64").toString("latin1")) ??
    [];
  return type === undefined || inner === undefined ? null : { type, id: inner };
}

export function encodeNodeId(text: string, padded = true): string {
  const encoded = Buffer.from(text, "latin1").toString("base64");
  return padded ? encoded : encoded.replace(/=+$/, "");
}

/** Far above what a counter has reached, and within what an integer column takes. */
function unusedNumber(id: string, random: Random): string {
  if (id.length > 10) return id.slice(0, 4) + textOf(random, digits, id.length - 4);
  return String(largestInteger - 1 - below(random, 100_000_000));
}

function like(text: string, random: Random, letters?: string): string {
  return [...text]
    .map((character) => {
      if (/\d/.test(character)) return textOf(random, letters ?? digits, 1);
      if (/[a-z]/.test(character)) return textOf(random, letters ?? lower, 1);
      if (/[A-Z]/.test(character)) return textOf(random, (letters ?? lower).toUpperCase(), 1);
      return character;
    })
    .join("");
}

/** Whether a string can be taken for an id wherever it stands: long, and with no meaning of its own. */
export function isDistinctive(text: string): boolean {
  if (uuid.test(text) || ulid.test(text)) return true;
  if (text.length < 16 || text.length > 64 || !/^[\w-]+={0,2}$/.test(text)) return false;
  if (/^\d{4}-\d\d-\d\d/.test(text)) return false;
  return (text.match(/\d/g) ?? []).length >= 3 && (text.match(/[A-Za-z]/g) ?? []).length >= 3;
}

/** Whether a segment of a recorded path looks like an id. */
export function looksLikeId(text: string): boolean {
  return (
    /^\d{1,19}$/.test(text) ||
    isDistinctive(text) ||
    nodeIdOf(text) !== null ||
    /^[A-Za-z]{2,8}_[\w]{8,}$/.test(text)
  );
}
