import type { Value } from "./atom.js";

/** What Tenantry's own functions give: their bodies check a seal, which no reader of SQL can follow. */
export function tenantryValue(name: string, text: string): Value | undefined {
  switch (name) {
    case "tenantry.current_tenant":
      return { kind: "context", text, sources: [{ kind: "sealed", name }], emptyIsNull: true };
    case "tenantry.claimed_tenant":
      return {
        kind: "context",
        text,
        sources: [{ kind: "setting", name: "tenantry.scope" }],
        emptyIsNull: true,
      };
    // Raises, or gives NULL to operator work.
    case "tenantry.refuse_scope":
      return { kind: "constant", text, value: null };
    default:
      return undefined;
  }
}

/** The role whose members can do operator work. */
export const operatorRole = "tenantry_operator";

/** Conditions of Tenantry's that come down to a role. */
export const operatorConditions = new Set(["tenantry.operating", "tenantry.may_operate"]);
