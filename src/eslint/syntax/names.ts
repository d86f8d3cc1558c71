import type { AstNode } from "../rule.js";
import { propertyName, someNode, textField } from "./nodes.js";

/** What a tenant is called where nobody says otherwise; compared without case, `_` and `-`. */
export const tenantWords = ["tenant", "organization", "organisation", "org", "workspace"];

/** `tenantId`, `x-tenant-id` and `tenant_id` are one. */
export function plain(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, "");
}

/** Whether a name speaks of a tenant: `tenantId`, `currentOrg`, `scope`. */
export function speaksOfTenant(name: string, words: readonly string[]): boolean {
  const parts = name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z0-9]+/);
  const whole = plain(name);
  return words.some((word) => parts.includes(word) || whole === plain(word));
}

export function mentionsTenant(node: AstNode, words: readonly string[]): boolean {
  return someNode(node, (each) => {
    const name =
      each.type === "Identifier"
        ? textField(each, "name")
        : each.type === "MemberExpression"
          ? propertyName(each)
          : undefined;
    return name !== undefined && speaksOfTenant(name, [...words, "scope"]);
  });
}
