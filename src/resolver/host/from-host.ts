import { isSlug, type TenantKey } from "../../core/tenant.js";
import type { Resolver, ResolverServices } from "../contract.js";
import { configInvalid, excerpt, unresolved } from "../refusal.js";
import { parseHost } from "./host-name.js";
import { defaultReservedNames } from "./reserved-names.js";

export interface FromHostOptions {
  /**
   * The domain, or domains, whose subdomains are tenants: `acme.example.com` is the tenant `acme`
   * for `example.com`. `localhost` is fine. Where one lies beneath another, the longer one counts.
   */
  readonly baseDomain: string | readonly string[];
  /**
   * Labels that may stand before the tenant's: `api.acme.example.com` is `acme`. One is taken off
   * at most. Default `["www", "api"]`. They are reserved too.
   */
  readonly stripPrefixes?: readonly string[];
  /** Labels that name no tenant. Default `defaultReservedNames`. */
  readonly reserved?: readonly string[];
  /** Whether a host outside of the base domains may be a tenant's custom domain. Default true. */
  readonly customDomains?: boolean;
}

/**
 * Reads the tenant from the host. A host that is there but names no tenant (a base domain itself,
 * a bare prefix such as `api.example.com`, a reserved name, two labels too many) is refused with
 * `TENANT_UNRESOLVED`, as is a missing or malformed one: there is no default tenant.
 *
 * Names that look alike need no check of their own: a slug is plain lower-case ASCII without
 * `xn--`, and a custom domain resolves only as the exact A-labels that were verified.
 *
 * @throws {TenantryError} `CONFIG_INVALID`
 */
export function fromHost(options: FromHostOptions): (services: ResolverServices) => Resolver {
  const keyOf = hostReader(options);
  return ({ authority }) =>
    Object.freeze({
      name: "host",
      varies: authority.varies,
      read(request) {
        const host = authority.hostOf(request);
        return { source: "host", key: keyOf(host), detail: host };
      },
    } satisfies Resolver);
}

/**
 * Reads host names that are in their one spelling: the reader throws `TENANT_UNRESOLVED` for one that
 * names no tenant.
 * @throws {TenantryError} `CONFIG_INVALID`
 */
export function hostReader(options: FromHostOptions): (host: string) => TenantKey {
  const bases = baseDomains(options.baseDomain);
  const prefixes = labels("stripPrefixes", options.stripPrefixes ?? ["www", "api"]);
  const reserved = new Set([
    ...labels("reserved", options.reserved ?? defaultReservedNames),
    ...prefixes,
  ]);
  const customDomains = options.customDomains ?? true;
  return (host) => {
    const base = bases.find((base) => host === base || host.endsWith(`.${base}`));
    if (base !== undefined) {
      const left = host.slice(0, -base.length - 1).split(".");
      return { by: "slug", value: tenantLabel(left, prefixes, reserved, host) };
    }
    if (customDomains) return { by: "domain", value: host };
    throw unresolved(`${excerpt(host)} lies under none of the base domains`);
  };
}

function tenantLabel(
  left: readonly string[],
  prefixes: readonly string[],
  reserved: ReadonlySet<string>,
  host: string,
): string {
  const stripped = prefixes.includes(left[0]!) ? left.slice(1) : left;
  const [label] = stripped;
  if (stripped.length !== 1 || !isSlug(label)) {
    throw unresolved(`${excerpt(host)} has not exactly one tenant label under its base domain`);
  }
  if (reserved.has(label)) throw unresolved(`${excerpt(host)} is a reserved name`);
  return label;
}

/** Longest first, so that `eu.example.com` counts before `example.com`. */
function baseDomains(given: string | readonly string[]): readonly string[] {
  const names = (typeof given === "string" ? [given] : list("baseDomain", given)).map(baseDomain);
  if (names.length === 0 || new Set(names).size !== names.length) {
    throw configInvalid(
      "`baseDomain` of fromHost is empty or names a domain twice.",
      'Pass the domain whose subdomains are tenants, such as "app.example.com".',
    );
  }
  return names.sort((one, other) => other.length - one.length);
}

function baseDomain(text: unknown): string {
  const parsed = typeof text === "string" && !text.includes(":") ? parseHost(text) : null;
  if (parsed?.ok) return parsed.name;
  throw configInvalid(
    `\`baseDomain\` of fromHost has ${JSON.stringify(text)}: ${parsed?.problem ?? "not a host name without a port"}.`,
    'Pass a host name alone, such as "app.example.com": no scheme, port or path.',
  );
}

function labels(option: string, given: readonly string[]): readonly string[] {
  return list(option, given).map((label) => {
    if (isSlug(label)) return label;
    throw configInvalid(
      `\`${option}\` of fromHost has ${JSON.stringify(label)}, which is not one lower-case label.`,
      'List single labels such as "www", without dots.',
    );
  });
}

function list(option: string, given: unknown): readonly unknown[] {
  if (Array.isArray(given)) return given as unknown[];
  throw configInvalid(`\`${option}\` of fromHost is not a list.`, "Pass an array of strings.");
}
