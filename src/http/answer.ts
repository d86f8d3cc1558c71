import type { TenantryError } from "../core/tenantry-error.js";

/** A whole answer that Tenantry gives itself. */
export interface Answer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Seconds that a client is asked to wait where the error does not say (RFC 9110 §10.2.3). */
const retryAfterSeconds = 1;

/**
 * What a client gets to see of an error: `toPublic()` as JSON, never stored. A code has one answer,
 * byte for byte, whatever led to it; only the seconds of `Retry-After` are the error's own.
 * @param status where it is not the code's own
 */
export function answerTo(error: TenantryError, status: number = error.status): Answer {
  const body = JSON.stringify(error.toPublic());
  return Object.freeze({
    status,
    headers: Object.freeze({
      "content-type": "application/json",
      "content-length": String(Buffer.byteLength(body)),
      "cache-control": "no-store",
      ...furtherHeaders(status, error),
    }),
    body,
  });
}

function furtherHeaders(
  status: number,
  { retryAfter }: TenantryError,
): Readonly<Record<string, string>> {
  // The bare challenge, without RFC 6750 §3.1's error code: what was wrong with a token is for logs.
  if (status === 401) return { "www-authenticate": "Bearer" };
  if (status === 429 || status === 503) return { "retry-after": String(secondsOf(retryAfter)) };
  return {};
}

/** RFC 9110 §10.2.3 has whole seconds; 0 would ask for the next attempt at once. */
function secondsOf(retryAfter: number | undefined): number {
  if (retryAfter === undefined || !Number.isFinite(retryAfter)) return retryAfterSeconds;
  return Math.max(1, Math.ceil(retryAfter));
}
