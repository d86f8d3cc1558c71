import { randomBytes } from "node:crypto";
import { getPublicSuffix } from "tldts";
import { isHostName } from "../../core/host-name.js";
import { TenantryError } from "../../core/tenantry-error.js";
import { domainInvalid } from "../problems.js";

export interface DomainOptions {
  /**
   * The app's own host names, base domain included: no tenant may have one of them, nor one
   * under them. Default none.
   */
  readonly ownDomains?: readonly string[];
}

/** @throws {TenantryError} `DOMAIN_INVALID` */
export type CheckDomain = (host: unknown) => string;

/**
 * What every implementation accepts as a tenant's domain: a canonical host name, not a public
 * suffix (of the Public Suffix List, private section included), and none of the app's own.
 * @throws {TenantryError} `CONFIG_INVALID`
 */
export function createDomainCheck({ ownDomains = [] }: DomainOptions): CheckDomain {
  ownDomains.forEach(assertOwnDomain);
  return (host) => {
    if (!isHostName(host)) throw domainInvalid(host, "it is not a canonical host name");
    if (getPublicSuffix(host, { allowPrivateDomains: true }) === host) {
      throw domainInvalid(host, "it is a public suffix, under which anyone may have a name");
    }
    if (ownDomains.some((own) => host === own || host.endsWith(`.${own}`))) {
      throw domainInvalid(host, "it is one of this app's own names");
    }
    return host;
  };
}

/** One label is allowed here, so that `localhost` can be one's own in development. */
function assertOwnDomain(own: string): void {
  if (typeof own === "string" && isHostName(`a.${own}`)) return;
  throw new TenantryError("CONFIG_INVALID", {
    message: `\`ownDomains\` holds ${JSON.stringify(own)}, which is not a canonical host name.`,
    fix: 'Write it in lower case without scheme, port or leading dot, like "app.example.com".',
  });
}

/** 256 random bits, named so that the owner of the domain can tell the record from others. */
export function newVerificationToken(): string {
  return `tenantry-domain-verification=${randomBytes(32).toString("base64url")}`;
}
