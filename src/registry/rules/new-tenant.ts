import { isSlug } from "../../core/tenant.js";
import type { NewTenant } from "../contract.js";
import { tenantInvalid } from "../problems.js";
import { longestName } from "./limits.js";
import { checkSettings } from "./settings.js";

const placementPattern = /^[a-z0-9][a-z0-9_-]{0,62}$/;
const control = /[\u0000-\u001f\u007f\p{Surrogate}]/u;

/**
 * What is to be stored for a new tenant, with defaults filled in.
 * @throws {TenantryError} `TENANT_INVALID`
 */
export function checkNewTenant(tenant: NewTenant): Required<NewTenant> {
  const { slug, name, placement = "default", settings = {} } = tenant;
  if (!isSlug(slug)) {
    throw tenantInvalid(
      "The tenant's slug is not a DNS label.",
      "Use 1 to 63 of a-z, 0-9 and inner hyphens, without hyphens in places 3 and 4.",
    );
  }
  if (!isName(name)) {
    throw tenantInvalid(
      "The tenant's name is not acceptable.",
      `Pass 1 to ${longestName} characters on one line, not all of them spaces.`,
    );
  }
  if (typeof placement !== "string" || !placementPattern.test(placement)) {
    throw tenantInvalid(
      "The tenant's placement is not a pool's name.",
      'Use 1 to 63 of a-z, 0-9, "-" and "_", or leave it out for "default".',
    );
  }
  return { slug, name, placement, settings: checkSettings(settings) };
}

function isName(name: unknown): name is string {
  // The cheap bound first: a code point is at most two units long.
  if (typeof name !== "string" || name.length > 2 * longestName) return false;
  return [...name].length <= longestName && name.trim() !== "" && !control.test(name);
}
