import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import type { KeyRing } from "./key-ring.js";
import type { SealPurpose } from "./purpose.js";

const format = 1;
const [idAt, nonceAt, textAt] = [1, 5, 17];
const tagLength = 16;

/**
 * Encrypts a text with the ring's current key of a purpose: AES-256-GCM (NIST SP 800-38D).
 *
 *     format: 1 byte | key id: 4 | nonce: 12, random | ciphertext: as long as the text | tag: 16
 *
 * @param place goes into the tag, so that what is sealed for one place opens in no other
 */
export function sealText(ring: KeyRing, purpose: SealPurpose, place: string, text: string): Buffer {
  const { id, material } = ring.current;
  const start = Buffer.concat([Buffer.of(format), Buffer.from(id, "hex"), randomBytes(12)]);
  const cipher = createCipheriv("aes-256-gcm", material[purpose], start.subarray(nonceAt));
  cipher.setAAD(boundTo(start, place));
  const encrypted = cipher.update(text, "utf8");
  return Buffer.concat([start, encrypted, cipher.final(), cipher.getAuthTag()]);
}

/** The text, or null where no key of the ring opens it for this purpose and place. */
export function openText(
  ring: KeyRing,
  purpose: SealPurpose,
  place: string,
  sealed: Buffer,
): string | null {
  const key = ring.all.find(({ id }) => id === sealingKeyId(sealed));
  if (key === undefined || sealed[0] !== format || sealed.length < textAt + tagLength) return null;
  const start = sealed.subarray(0, textAt);
  const material = key.material[purpose];
  const decipher = createDecipheriv("aes-256-gcm", material, start.subarray(nonceAt), {
    authTagLength: tagLength,
  });
  decipher.setAAD(boundTo(start, place)).setAuthTag(sealed.subarray(-tagLength));
  try {
    const text = decipher.update(sealed.subarray(textAt, -tagLength));
    return Buffer.concat([text, decipher.final()]).toString();
  } catch {
    return null;
  }
}

/** The id of the key that it says it was sealed with. */
export function sealingKeyId(sealed: Buffer): string {
  return sealed.subarray(idAt, nonceAt).toString("hex");
}

function boundTo(start: Buffer, place: string): Buffer {
  return Buffer.concat([start.subarray(0, nonceAt), Buffer.from(place)]);
}
