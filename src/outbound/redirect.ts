import { isReplayable, withoutUser, type Hop } from "./hop.js";
import { refused } from "./refusal.js";

const redirects = new Set([301, 302, 303, 307, 308]);

/** What describes a body, and goes with it (Fetch §2.2.2, "request-body-header name"). */
const ofTheBody = [
  "content-encoding",
  "content-language",
  "content-length",
  "content-location",
  "content-type",
];

/** What is meant for one origin only. Fetch §4.4 names the first; the others are node's. */
const ofTheOrigin = ["authorization", "cookie", "host", "proxy-authorization"];

/**
 * Where a response leads to, as Fetch §4.4 ("HTTP-redirect fetch") says, or null where it is final.
 * @throws {TenantryError} `OUTBOUND_REFUSED`
 */
export function redirected(hop: Hop, response: Response): Hop | null {
  if (response.type === "opaqueredirect") {
    throw refused(
      "The `fetch` that was passed in hides where a redirect leads.",
      "Pass one that shows it, as node's own does.",
    );
  }
  const location = response.headers.get("location");
  if (!redirects.has(response.status) || location === null) return null;
  const url = targetOf(location, hop.url);
  const { status } = response;
  const dropsBody = isRewritten(status, hop.method);
  if (status !== 303 && hop.body !== null && !isReplayable(hop.body)) throw notReplayable(status);
  const headers = new Headers(hop.headers);
  if (dropsBody) for (const name of ofTheBody) headers.delete(name);
  if (url.origin !== hop.url.origin) for (const name of ofTheOrigin) headers.delete(name);
  return {
    url,
    headers,
    method: dropsBody ? "GET" : hop.method,
    body: dropsBody ? null : hop.body,
    settings: hop.settings,
  };
}

function isRewritten(status: number, method: string): boolean {
  if (status === 303) return method !== "GET" && method !== "HEAD";
  return (status === 301 || status === 302) && method === "POST";
}

function targetOf(location: string, base: URL): URL {
  if (!URL.canParse(location, base.href)) {
    throw refused(`${base.origin} redirected to no URL.`, "Mend the service's redirect.");
  }
  const url = withoutUser(new URL(location, base.href));
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    throw refused(`${base.origin} redirected to a URL of ${url.protocol}`, "Follow http(s) only.");
  }
  if (url.hash === "") url.hash = base.hash;
  return url;
}

function notReplayable(status: number): Error {
  return refused(
    `A request whose body is a stream was redirected (${status}), and a stream cannot be sent twice.`,
    "Call the service where it is now, pass a body that is no stream, or { redirect: 'manual' } and follow by yourself.",
  );
}
