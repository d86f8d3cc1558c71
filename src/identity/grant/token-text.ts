import { bytesOfUuid, uuidOfBytes } from "../../core/uuid.js";
import { lastGeneration } from "./rotation.js";

/** What a refresh token says, before it is known to be genuine. */
export interface RefreshTokenParts {
  /** Lower-case uuid. */
  readonly tenantId: string;
  /** Lower-case uuid. */
  readonly grantId: string;
  /** 1 to 2,147,483,647. */
  readonly generation: number;
  /** 32 bytes. */
  readonly mac: Buffer;
}

/** Characters of every refresh token: 69 bytes, which base64url (RFC 4648 §5) fills without a rest. */
export const refreshTokenLength = 92;

const version = 1;
const tokenPattern = /^[A-Za-z0-9_-]{92}$/;

/** `version, 1 byte | tenant id, 16 | grant id, 16 | generation, 4, big-endian | MAC, 32` */
export function writeRefreshToken({
  tenantId,
  grantId,
  generation,
  mac,
}: RefreshTokenParts): string {
  const bytes = Buffer.concat([
    Buffer.of(version),
    bytesOfUuid(tenantId),
    bytesOfUuid(grantId),
    generationBytes(generation),
    mac,
  ]);
  return bytes.toString("base64url");
}

/**
 * Reads the one spelling of a refresh token. 69 bytes leave no spare bits in base64url, so a token has
 * no second one.
 * @returns null for whatever is none
 */
export function readRefreshToken(text: unknown): RefreshTokenParts | null {
  if (typeof text !== "string" || !tokenPattern.test(text)) return null;
  const bytes = Buffer.from(text, "base64url");
  const generation = bytes.readUInt32BE(33);
  if (bytes[0] !== version || generation < 1 || generation > lastGeneration) return null;
  return {
    tenantId: uuidOfBytes(bytes.subarray(1, 17)),
    grantId: uuidOfBytes(bytes.subarray(17, 33)),
    generation,
    mac: bytes.subarray(37),
  };
}

export function generationBytes(generation: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(generation);
  return bytes;
}
