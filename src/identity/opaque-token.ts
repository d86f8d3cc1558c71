import { createHash, randomBytes } from "node:crypto";

/** A secret that is handed out once, and of which only the hash is kept. */
export interface OpaqueToken {
  /** 43 characters of base64url: 256 random bits. */
  readonly token: string;
  readonly hash: Buffer;
}

const pattern = /^[A-Za-z0-9_-]{43}$/;

export function newOpaqueToken(): OpaqueToken {
  const token = randomBytes(32).toString("base64url");
  return { token, hash: hash(token) };
}

/**
 * What a token is looked up by; null for text that cannot be one. SHA-256 alone will do, since no one
 * can guess 256 bits; and a look-up by the hash tells a timer nothing of the token.
 */
export function hashOfToken(text: unknown): Buffer | null {
  if (typeof text !== "string" || !pattern.test(text)) return null;
  // The last character carries two bits that decode to nothing: each token has one spelling.
  if (Buffer.from(text, "base64url").toString("base64url") !== text) return null;
  return hash(text);
}

function hash(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}
