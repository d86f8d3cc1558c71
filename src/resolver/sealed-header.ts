import {
  assertServiceAudience,
  openServiceSeal,
  sealedHeaderName,
} from "../core/seal/service-seal.js";
import { TenantryError } from "../core/tenantry-error.js";
import type { Resolver, ResolverServices } from "./contract.js";
import { headerValues, isHeaderName } from "./headers.js";
import { configInvalid } from "./refusal.js";

export interface FromSealedHeaderOptions {
  /** This service's own name: what callers pass to `sealHeader` as `audience`. Compared exactly. */
  readonly audience: string;
  /** The header's name. Default `"tenantry-scope"`. */
  readonly header?: string;
}

/**
 * Reads the tenant and the actor from the header that another of one's own services sealed with
 * the same secret (`sealHeader`). A plain header with a tenant's id in it is never believed.
 * @throws {TenantryError} `CONFIG_INVALID`; on reading `SEAL_INVALID`, `SEAL_EXPIRED`
 */
export function fromSealedHeader(
  options: FromSealedHeaderOptions,
): (services: ResolverServices) => Resolver {
  const { audience, header = sealedHeaderName } = options;
  assertServiceAudience(audience);
  if (!isHeaderName(header)) {
    throw configInvalid(
      `\`header\` of fromSealedHeader is ${JSON.stringify(header)}, which is no lower-case header name.`,
      `Leave it out for "${sealedHeaderName}", or pass a name such as "x-scope".`,
    );
  }
  return ({ keys }) =>
    Object.freeze({
      name: "sealed-header",
      varies: Object.freeze([header]),
      read(request) {
        const [seal, ...more] = headerValues(request, header);
        if (seal === undefined) return null;
        if (more.length > 0) throw repeated(header);
        const { tenantId, actor, expiresAt } = openServiceSeal(keys, seal, audience);
        return {
          source: "sealed-header",
          key: { by: "id", value: tenantId },
          detail: `for ${audience}, until ${new Date(expiresAt * 1000).toISOString()}`,
          actor,
        };
      },
    } satisfies Resolver);
}

function repeated(header: string): TenantryError {
  return new TenantryError("SEAL_INVALID", {
    message: `The request has more than one ${header} header.`,
    fix: "Send it once; a proxy between services must not add its own.",
  });
}
