import { runDetached } from "../../core/context.js";
import type { Tenant, TenantKey, TenantLookup } from "../../core/tenant.js";
import { isTenantryError } from "../../core/tenantry-error.js";
import { registryUnavailable } from "../problems.js";
import { within } from "../within.js";
import type { CacheSettings } from "./options.js";

/** One read of the registry, within its limits. @throws {TenantryError} `REGISTRY_UNAVAILABLE` */
export type Read = (key: TenantKey) => Promise<Tenant | null>;

/**
 * Reads `source`, giving up after `readTimeout`. A read that was given up still counts until it
 * ends, so that a registry which hangs is not asked without bound.
 */
export function createReads(source: TenantLookup, settings: CacheSettings): Read {
  const { readTimeout, maxReads } = settings;
  let underWay = 0;
  return async (key) => {
    if (underWay >= maxReads) throw tooMany(maxReads);
    underWay += 1;
    // Outside of any request: many share the answer, and it must not keep the first one's tenant.
    const answer = runDetached(async () => source.find(key)).finally(() => (underWay -= 1));
    try {
      return await within(readTimeout, "a read of the registry", answer);
    } catch (error) {
      throw isTenantryError(error) ? error : failed(error);
    }
  };
}

const tooMany = (limit: number) =>
  registryUnavailable(
    `${limit} reads of the tenant registry are under way already.`,
    "A flood of unknown hosts or a registry that hangs: limit requests by address before resolution.",
  );

const failed = (cause: unknown) =>
  registryUnavailable(
    `The tenant registry could not be read: ${(cause as Error).message}.`,
    "Look at the database's load, and at the network in between.",
    cause,
  );
