import type { Tenant } from "../core/tenant.js";
import type { Invocation } from "./command.js";
import { printResult } from "./print.js";
import { withRegistry } from "./registry-access.js";

/** What the commands have in common that change a tenant's status. */
export async function changeStatus(
  invocation: Invocation,
  change: "suspend" | "reactivate" | "archive",
): Promise<number> {
  const tenant: Tenant = await withRegistry(invocation, async (registry) =>
    registry.tenants[change](await registry.idOf(invocation.positionals[0]!)),
  );
  return printResult(invocation, tenant, `${tenant.slug} (${tenant.id}) is ${tenant.status}.`);
}
