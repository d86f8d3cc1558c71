import { randomBytes } from "node:crypto";
import type { RequestHandler, Response } from "express";

const headers: Readonly<Record<string, string>> = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  // For everything that is no page: nothing in it may do anything.
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
};

export const securityHeaders: RequestHandler = (_request, response, next) => {
  response.set(headers);
  next();
};

/** Lets a page run what bears the returned nonce, talk to its own origin, and nothing else. */
export function allowPage(response: Response): string {
  const nonce = randomBytes(18).toString("base64");
  response.set(
    "content-security-policy",
    [
      "default-src 'none'",
      `script-src 'nonce-${nonce}'`,
      `style-src 'nonce-${nonce}'`,
      "img-src data:",
      "connect-src 'self'",
      "form-action 'self'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ].join("; "),
  );
  return nonce;
}
