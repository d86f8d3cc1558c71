import { packageVersion } from "../core/package-version.js";
import type { RuleModule } from "./rule.js";
import { noAmbientTenantInCache } from "./rules/no-ambient-tenant-in-cache.js";
import { noCallbackQuery } from "./rules/no-callback-query.js";
import { noEnterWith } from "./rules/no-enter-with.js";
import { noOperatorInHandler } from "./rules/no-operator-in-handler.js";
import { noTenantFromRequest } from "./rules/no-tenant-from-request.js";
import { noTenantInError } from "./rules/no-tenant-in-error.js";
import { noUnkeyedCache } from "./rules/no-unkeyed-cache.js";
import { noUnscopedClient } from "./rules/no-unscoped-client.js";
import { sqlNamesTenant } from "./rules/sql-names-tenant.js";

const rules: Record<string, RuleModule> = {
  "sql-names-tenant": sqlNamesTenant,
  "no-callback-query": noCallbackQuery,
  "no-unscoped-client": noUnscopedClient,
  "no-operator-in-handler": noOperatorInHandler,
  "no-unkeyed-cache": noUnkeyedCache,
  "no-ambient-tenant-in-cache": noAmbientTenantInCache,
  "no-tenant-from-request": noTenantFromRequest,
  "no-tenant-in-error": noTenantInError,
  "no-enter-with": noEnterWith,
};

interface TenantryPlugin {
  readonly meta: { readonly name: string; readonly version: string };
  readonly rules: Record<string, RuleModule>;
  /** `recommended`: every rule as an error, for a flat config. */
  readonly configs: { readonly recommended: RecommendedConfig };
}

interface RecommendedConfig {
  readonly name: string;
  readonly plugins: Record<string, TenantryPlugin>;
  readonly rules: Record<string, "error">;
}

const recommended: RecommendedConfig = {
  name: "tenantry/recommended",
  plugins: {},
  rules: Object.fromEntries(
    Object.keys(rules).map((name) => [`tenantry/${name}`, "error" as const]),
  ),
};

/** The plugin, for ESLint's flat config and for oxlint's `jsPlugins`. */
const plugin: TenantryPlugin = {
  meta: { name: "tenantry", version: packageVersion() },
  rules,
  configs: { recommended },
};
recommended.plugins["tenantry"] = plugin;

export default plugin;
