import { assertServiceAudience, longestServiceSealLife } from "../core/seal/service-seal.js";
import { configInvalid } from "./refusal.js";
import type { ServiceOption } from "./options.js";

/** Most services in one list. */
export const mostServices = 1000;

/** A service as it was found in the list. */
export interface Service {
  readonly origin: string;
  readonly audience: string;
  readonly lifetimeSeconds: number;
}

/** Says whether a URL is one of one's own services': by its scheme, host and port, all three exact. */
export type FindService = (url: URL) => Service | undefined;

/** @throws {TenantryError} `CONFIG_INVALID` */
export function readServices(given: unknown): FindService {
  if (!Array.isArray(given) || given.length > mostServices) {
    throw configInvalid(
      `\`services\` is no list of at most ${mostServices} services.`,
      'Pass a list: [{ origin: "https://reports.internal", audience: "reports" }].',
    );
  }
  const services = new Map<string, Service>();
  for (const option of given as readonly ServiceOption[]) {
    const service = readService(option);
    if (services.has(service.origin)) {
      throw configInvalid(
        `\`services\` names the origin ${service.origin} twice.`,
        "Leave one out: an origin has one audience.",
      );
    }
    services.set(service.origin, service);
  }
  // A `blob:` has the origin of what it was made in.
  return (url) => (isWeb(url) ? services.get(url.origin) : undefined);
}

function readService(option: ServiceOption): Service {
  const { origin, audience, lifetimeSeconds = 30, allowInsecureHttp } = option ?? {};
  assertServiceAudience(audience);
  const url = readOrigin(origin);
  if (url.protocol === "http:" && !isLoopback(url.hostname) && !isTrue(allowInsecureHttp)) {
    throw configInvalid(
      `The service ${origin} is reached by http, where its seals can be read on the way.`,
      "Use https; or say { allowInsecureHttp: true } where nobody else can read that network.",
    );
  }
  if (
    !Number.isInteger(lifetimeSeconds) ||
    lifetimeSeconds < 1 ||
    lifetimeSeconds > longestServiceSealLife
  ) {
    throw configInvalid(
      `\`lifetimeSeconds\` of the service ${origin} is ${String(lifetimeSeconds)}.`,
      `Pass whole seconds from 1 to ${longestServiceSealLife}.`,
    );
  }
  return Object.freeze({ origin, audience, lifetimeSeconds });
}

/** Nothing is mended: an origin that has to be normalised might be meant for another one. */
function readOrigin(origin: unknown): URL {
  const url = typeof origin === "string" ? parsed(origin) : null;
  const web = url !== null && isWeb(url);
  if (web && url.origin === origin && plainHost.test(url.hostname)) return url;
  const spelled = web ? ` Spelled canonically this would be ${url.origin}.` : "";
  throw configInvalid(
    `\`origin\` of a service is ${JSON.stringify(origin) ?? "undefined"}, which is no exact origin.${spelled}`,
    "Pass scheme and host in lower case, without a trailing dot, user, path or the scheme's own port.",
  );
}

/** Names without a trailing dot or a wildcard, and addresses. */
const plainHost = /^(?:[a-z0-9_-]+(?:\.[a-z0-9_-]+)*|\[[0-9a-f:]+\])$/;

/** A text, `"false"` say, does not switch a safeguard off. */
const isTrue = (value: unknown): boolean => value === true;

function isWeb({ protocol }: URL): boolean {
  return protocol === "https:" || protocol === "http:";
}

function parsed(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}

/** Addresses, and names that resolve to none else (RFC 6761 §6.3). */
function isLoopback(host: string): boolean {
  if (host === "localhost" || host.endsWith(".localhost") || host === "[::1]") return true;
  return /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}
