import { currentScope } from "../../core/context.js";

/**
 * Stands for the tenant among a statement's parameters until the statement is sent, so that what was
 * compiled in one scope and is sent in another is the other's.
 */
export const tenantParameter: unknown = Object.freeze({ tenantry: "the active scope's tenant" });

/** @throws {TenantryError} `SCOPE_REQUIRED` where the tenant is among them and no scope is active */
export function resolveParameters(parameters: readonly unknown[]): readonly unknown[] {
  if (!parameters.includes(tenantParameter)) return parameters;
  const tenantId = currentScope().tenant.id;
  return parameters.map((value) => (value === tenantParameter ? tenantId : value));
}
