import { emitEvent, type EventSink } from "../../core/event.js";
import { TenantryError } from "../../core/tenantry-error.js";

/**
 * Refuses a write that a page of another origin sent. A sibling subdomain is the same site, so
 * SameSite stops nothing of it; the browser's own word for where a request comes from does.
 *
 * A request without `Origin` and without `Sec-Fetch-Site` is of no browser of today. It passes where
 * nothing but what it says itself signs it in, and is refused where it brings a cookie.
 * @param origin the host's own
 * @throws {TenantryError} `ORIGIN_REFUSED`
 */
export function assertSameOrigin(request: Request, origin: string, events: EventSink): void {
  const { headers } = request;
  const from = headers.get("origin");
  const site = headers.get("sec-fetch-site");
  const isOwn = from === null ? site === "same-origin" : from === origin;
  const isSaid = site === null || site === "same-origin" || site === "none";
  if (isOwn && isSaid) return;
  if (from === null && site === null && !headers.has("cookie")) return;
  emitEvent(events, {
    type: "origin.refused",
    severity: "security",
    message: "A write was sent by a page of another origin.",
    detail: { from: from?.slice(0, 200) ?? null, site: site?.slice(0, 20) ?? null, host: origin },
  });
  throw new TenantryError("ORIGIN_REFUSED", {
    message: `A write to ${origin} was sent by a page of another origin, or by none that is known.`,
    fix: "Send it from a page of the same origin; a program of yours sends an Origin header, or no cookie.",
  });
}
