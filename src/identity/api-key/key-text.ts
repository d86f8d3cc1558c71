import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { bytesOfUuid, uuidOfBytes } from "../../core/uuid.js";

/** Greppable, so that secret scanners find a key in a repository. */
const prefix = "tenantry_key_";
const checkLength = 4;
const idLength = 16;
const secretLength = 32;
const bodyLength = 2 * idLength + secretLength;

/** What a key says of itself. */
export interface KeyText {
  readonly tenantId: string;
  readonly keyId: string;
  readonly secretHash: Buffer;
}

/** A new secret for a key, in the text that is shown once. */
export function newKeyText(
  tenantId: string,
  keyId: string,
): { readonly text: string; readonly secretHash: Buffer } {
  const secret = randomBytes(secretLength);
  const body = Buffer.concat([bytesOfUuid(tenantId), bytesOfUuid(keyId), secret]);
  const text = prefix + Buffer.concat([body, check(body)]).toString("base64url");
  return { text, secretHash: hash(secret) };
}

/** Null for text that is no key: cut off, mistyped or of something else. Asks nobody. */
export function readKeyText(text: unknown): KeyText | null {
  if (typeof text !== "string" || !text.startsWith(prefix) || text.length > 200) return null;
  const encoded = text.slice(prefix.length);
  const bytes = Buffer.from(encoded, "base64url");
  // base64url has several spellings of some bytes; a key has one.
  if (bytes.length !== bodyLength + checkLength || bytes.toString("base64url") !== encoded) {
    return null;
  }
  const body = bytes.subarray(0, bodyLength);
  if (!timingSafeEqual(check(body), bytes.subarray(bodyLength))) return null;
  return {
    tenantId: uuidOfBytes(body.subarray(0, idLength)),
    keyId: uuidOfBytes(body.subarray(idLength, 2 * idLength)),
    secretHash: hash(body.subarray(2 * idLength)),
  };
}

/** Tells a mistyped key without asking the database. It is no protection, and needs none. */
function check(body: Buffer): Buffer {
  return hash(Buffer.concat([Buffer.from(prefix), body])).subarray(0, checkLength);
}

/** 256 random bits need no slow hash: there is nothing to guess. */
function hash(bytes: Buffer): Buffer {
  return createHash("sha256").update(bytes).digest();
}

/** Whether a text means to be a key. Says nothing about whether it is one. */
export function isKeyText(text: string): boolean {
  return text.startsWith(prefix);
}
