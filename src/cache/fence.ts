import { randomBytes } from "node:crypto";

/** A generation that nobody had before: 128 random bits, so none comes back after a loss. */
export function newGeneration(): string {
  return randomBytes(16).toString("base64url");
}
