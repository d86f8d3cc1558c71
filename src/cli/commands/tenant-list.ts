import type { Tenant, TenantStatus } from "../../core/tenant.js";
import type { Command } from "../command.js";
import { operatorUrlOption } from "../connection.js";
import { numberOption, stringOption } from "../parse.js";
import { printResult, table } from "../print.js";
import { withRegistry } from "../registry-access.js";

export const tenantListCommand: Command = {
  name: "tenant list",
  summary: "List tenants, oldest first.",
  usage: "[--status <status>] [--limit <number>] [--after <id>]",
  options: {
    ...operatorUrlOption,
    status: { type: "string", value: "<status>", description: "active, suspended or archived" },
    limit: { type: "string", value: "<number>", description: "1 to 1000, default 100" },
    after: { type: "string", value: "<id>", description: "the last id of the page before" },
  },
  async run(invocation) {
    const limit = numberOption(invocation, "limit", 1, 1000) ?? 100;
    const status = stringOption(invocation, "status") as TenantStatus | undefined;
    const after = stringOption(invocation, "after");
    const filter = { limit, ...(status && { status }), ...(after && { after }) };
    const tenants = await withRegistry(invocation, (registry) => registry.tenants.list(filter));
    const last = tenants.length === limit ? tenants.at(-1) : undefined;
    const more = last === undefined ? "" : `\nMore may follow: --after ${last.id}`;
    return printResult(invocation, tenants, rows(tenants) + more);
  },
};

function rows(tenants: readonly Tenant[]): string {
  if (tenants.length === 0) return "There is no such tenant.";
  return table(
    ["id", "slug", "status", "placement", "name"],
    tenants.map(({ id, slug, status, placement, name }) => [id, slug, status, placement, name]),
  );
}
