import { isTenantId } from "../../core/tenant.js";
import { isTenantryError, TenantryError } from "../../core/tenantry-error.js";
import { parseEmailAddress } from "../email/email-address.js";
import type { MailMessage } from "./mailer.js";

const mostCharacters = 100_000;

/**
 * What may be handed to any mailer. Subject, recipient and kind become headers, where a line break
 * would begin another one (RFC 5322 §2.2): they are one line, without control characters.
 * @returns a frozen copy with these fields and no others
 * @throws {TenantryError} `MAIL_INVALID`; the message does not show the field's value
 */
export function checkMessage(message: MailMessage): MailMessage {
  const { to, subject, text, html, kind, tenantId } = message ?? {};
  if (!isAddress(to)) throw invalid("to", "no e-mail address");
  if (!isText(subject, 255) || /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/u.test(subject)) {
    throw invalid("subject", "not one line of 1 to 255 characters");
  }
  if (!isBody(text)) throw invalid("text", "no text of 1 to 100,000 characters");
  if (html !== undefined && !isBody(html)) {
    throw invalid("html", "no text of 1 to 100,000 characters");
  }
  if (!isText(kind, 64) || !/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/.test(kind)) {
    throw invalid("kind", "not a name of lower-case letters, digits and inner hyphens");
  }
  if (tenantId !== undefined && !isTenantId(tenantId)) throw invalid("tenantId", "no tenant's id");
  return Object.freeze({
    ...{ to, subject, text, kind },
    ...(html === undefined ? {} : { html }),
    ...(tenantId === undefined ? {} : { tenantId }),
  });
}

function isText(value: unknown, most: number): value is string {
  return typeof value === "string" && value.length > 0 && value.length <= most;
}

/** Lines and tabs, and no other control character. */
function isBody(value: unknown): value is string {
  return isText(value, mostCharacters) && !/[\p{Cs}]|(?![\t\n\r])\p{Cc}/u.test(value);
}

function isAddress(value: unknown): boolean {
  try {
    return parseEmailAddress(value).address === value;
  } catch (error) {
    if (isTenantryError(error, "EMAIL_INVALID")) return false;
    throw error;
  }
}

function invalid(field: string, what: string): TenantryError {
  return new TenantryError("MAIL_INVALID", {
    message: `The \`${field}\` of a message is ${what}.`,
    fix: "Put what users wrote into the text, or take line breaks and control characters out first.",
  });
}
