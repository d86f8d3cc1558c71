import { isHostName } from "../../core/host-name.js";
import type { Tenant, TenantKey, TenantLookup } from "../../core/tenant.js";
import { isTenantryError, TenantryError } from "../../core/tenantry-error.js";
import { hostReader, type FromHostOptions } from "../../resolver/host/from-host.js";
import { defaultReservedNames } from "../../resolver/host/reserved-names.js";
import { isLocalhost } from "./localhost.js";

export interface RedirectTargetOptions {
  /** Knows which tenants there are now. */
  readonly tenants: TenantLookup;
  /** As `fromHost` has it, so that both read a host alike. */
  readonly hosts: FromHostOptions;
  /** The one path that codes are sent to. Default `/auth/callback`. */
  readonly callbackPath?: string;
  /** Whether `localhost` and names under it may do without TLS, on any port. Default false. */
  readonly allowInsecureLocalhost?: boolean;
}

/** Where an authorization code may be sent, and whose it then is. */
export interface RedirectTarget {
  readonly tenant: Tenant;
  readonly redirectUri: string;
}

export interface RedirectTargets {
  /**
   * The active tenant that a redirect URI belongs to now, or null. The URI is compared as a text
   * (RFC 9700 §2.1): scheme, host and path in their one spelling and nothing else. The host is
   * `<slug>.<base domain>` or a verified domain; other than in requests, no prefix is taken off.
   * @throws {TenantryError} `REGISTRY_UNAVAILABLE`
   */
  find(redirectUri: unknown): Promise<RedirectTarget | null>;
}

/** Longest redirect URI that is looked at, in characters. */
export const longestRedirectUri = 2048;

/** @throws {TenantryError} `CONFIG_INVALID` */
export function createRedirectTargets(options: RedirectTargetOptions): RedirectTargets {
  const { tenants, hosts, allowInsecureLocalhost = false } = options;
  const callbackPath = checkPath(options.callbackPath ?? "/auth/callback");
  const keyOf = exactHostReader(hosts);
  return {
    async find(redirectUri) {
      const host = hostOf(redirectUri, callbackPath, allowInsecureLocalhost);
      const key = host === null ? null : keyOf(host);
      if (key === null) return null;
      const tenant = await tenants.find(key);
      if (tenant?.status !== "active") return null;
      return Object.freeze({ tenant, redirectUri: redirectUri as string });
    },
  };
}

/** The host of a URI that is exactly what we would write ourselves; else null. */
function hostOf(text: unknown, path: string, allowInsecureLocalhost: boolean): string | null {
  if (typeof text !== "string" || text.length > longestRedirectUri || !URL.canParse(text)) {
    return null;
  }
  const { protocol, origin, hostname, port } = new URL(text);
  // The origin has neither userinfo nor a port that is the default, and is in lower case.
  if (text !== origin + path || !isHostName(hostname)) return null;
  const isRelaxed = allowInsecureLocalhost && isLocalhost(hostname);
  const isFit = protocol === "https:" || (protocol === "http:" && isRelaxed);
  return isFit && (port === "" || isRelaxed) ? hostname : null;
}

function exactHostReader(hosts: FromHostOptions): (host: string) => TenantKey | null {
  const prefixes = hosts.stripPrefixes ?? ["www", "api"];
  const reserved = [...(hosts.reserved ?? defaultReservedNames), ...prefixes];
  const read = hostReader({ ...hosts, stripPrefixes: [], reserved });
  return (host) => {
    try {
      return read(host);
    } catch (error) {
      if (isTenantryError(error, "TENANT_UNRESOLVED")) return null;
      throw error;
    }
  };
}

function checkPath(path: string): string {
  const origin = "https://t.example";
  const isOwnSpelling = /^\/[\x21-\x7e]+$/.test(path) && !path.startsWith("//");
  if (isOwnSpelling && URL.canParse(origin + path)) {
    const { href, pathname } = new URL(origin + path);
    if (href === origin + path && pathname === path) return path;
  }
  throw new TenantryError("CONFIG_INVALID", {
    message: `\`callbackPath\` is ${JSON.stringify(path)}, which is no path in its one spelling.`,
    fix: 'Pass a path such as "/auth/callback": no query, no fragment, no dots.',
  });
}
