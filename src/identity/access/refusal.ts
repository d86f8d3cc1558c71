import { TenantryError } from "../../core/tenantry-error.js";

export function permissionRefused(permission: string, because: string): TenantryError {
  return new TenantryError("PERMISSION_DENIED", {
    message: `The permission ${JSON.stringify(permission)} is refused: ${because}.`,
    fix: "Give the member a role that has it, or do it as someone who may.",
  });
}
