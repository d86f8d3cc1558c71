import { configInvalid } from "../../resolver/refusal.js";

/**
 * The name of an issuer or audience, where it is one that can be compared letter by letter.
 * @param what stands first in the message
 * @throws {TenantryError} `CONFIG_INVALID`
 */
export function checkName(what: string, value: unknown): string {
  if (typeof value === "string" && /^[\x21-\x7e]{1,255}$/.test(value)) return value;
  throw configInvalid(
    `${what} is not 1 to 255 visible ASCII characters.`,
    "Pass the name exactly as issuer and verifier both write it, such as https://id.example.com.",
  );
}
