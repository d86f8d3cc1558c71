import { createHash, randomBytes } from "node:crypto";

/** Proof Key for Code Exchange (RFC 7636), method S256 only. */
export interface Pkce {
  /** 43 characters: 256 random bits. Stays with whoever began the sign-in. */
  readonly codeVerifier: string;
  /** The SHA-256 of the verifier, 43 characters of base64url. */
  readonly codeChallenge: string;
}

export function newPkce(): Pkce {
  const codeVerifier = randomBytes(32).toString("base64url");
  return { codeVerifier, codeChallenge: sha256(codeVerifier) };
}

/** Whether a text can be an S256 challenge (RFC 7636 §4.2), in its one spelling. */
export function isCodeChallenge(text: unknown): text is string {
  if (typeof text !== "string" || !/^[A-Za-z0-9_-]{43}$/.test(text)) return false;
  // The last character carries two bits that decode to nothing.
  return Buffer.from(text, "base64url").toString("base64url") === text;
}

/** The challenge of a verifier; null for a text that cannot be one (RFC 7636 §4.1). */
export function challengeOf(codeVerifier: unknown): string | null {
  if (typeof codeVerifier !== "string" || !/^[A-Za-z0-9._~-]{43,128}$/.test(codeVerifier)) {
    return null;
  }
  return sha256(codeVerifier);
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("base64url");
}
