import { unfit } from "./refusal.js";

export interface TenantryPrismaOptions {
  /** Models whose rows belong to one tenant each. `"all"`: every model that is not global. */
  readonly tenantModels: "all" | readonly string[];
  /** Models that all tenants read and none writes. Default none. */
  readonly globalModels?: readonly string[];
  /** The field of tenants' models that holds the tenant's id. Default `"tenantId"`. */
  readonly field?: string;
}

export interface ModelClasses {
  readonly field: string;
  readonly tenant: ReadonlySet<string>;
}

/**
 * Every model has one class, as every table has in the manifest.
 * @throws {TenantryError} `CONFIG_INVALID`
 */
export function classifyModels(
  options: TenantryPrismaOptions,
  models: readonly string[],
): ModelClasses {
  const { tenantModels, globalModels = [], field = "tenantId" } = options ?? {};
  if (typeof field !== "string" || field === "") {
    throw unfit("`field` is not a field's name.", 'Pass { field: "tenantId" } or leave it out.');
  }
  if (tenantModels !== "all" && !Array.isArray(tenantModels)) {
    throw unfit(
      "`tenantModels` is missing.",
      'Pass the names of the tenants\' models, or "all" for every model that is not global.',
    );
  }
  const global = new Set<string>(globalModels);
  const tenant = new Set<string>(
    tenantModels === "all" ? models.filter((name) => !global.has(name)) : tenantModels,
  );
  const known = new Set(models);
  const unknown = [...tenant, ...global].filter((name) => !known.has(name));
  const missing = models.filter((name) => !tenant.has(name) && !global.has(name));
  const twice = [...tenant].filter((name) => global.has(name));
  complain(unknown, "the schema has no such model", "Name the models as the schema does.");
  complain(missing, "without a class", "Name each in `tenantModels` or in `globalModels`.");
  complain(twice, "both a tenant's and global", "Name each model once.");
  return { field, tenant };
}

function complain(models: readonly string[], what: string, fix: string): void {
  if (models.length > 0) throw unfit(`${models.join(", ")}: ${what}.`, fix);
}
