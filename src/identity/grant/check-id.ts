import { TenantryError } from "../../core/tenantry-error.js";
import { isUuid } from "../../core/uuid.js";

/** @throws {TenantryError} `CONFIG_INVALID` for what is no lower-case uuid; a slug is none */
export function assertId(name: string, value: unknown): void {
  if (isUuid(value)) return;
  throw new TenantryError("CONFIG_INVALID", {
    message: `\`${name}\` of a grant is no id.`,
    fix: "Pass the lower-case uuid that the tenant, account or session has.",
  });
}
