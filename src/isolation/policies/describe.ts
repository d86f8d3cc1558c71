import type { Case } from "./meaning.js";

/** A case in a few words, with the policy it is of. */
export function describe(found: Case, policy: string): string {
  return `policy ${policy} ${describeCase(found)}`;
}

/** What it does, as `lets every row through on a setting: …`. */
export function describeCase({ kind, text, contexts, via }: Case): string {
  switch (kind) {
    case "binds":
      return `compares the tenant with ${contexts[0]?.text ?? "the context"}`;
    case "membership":
      return `looks the tenant up in ${via ?? "a table"}`;
    case "through a parent":
      return `asks for a parent in ${via ?? "a table"} of the acting tenant`;
    case "parent alone":
      return `looks at the parent in ${via ?? "a table"} and not at the row's own tenant`;
    case "closed":
      return "is never true";
    case "open":
      return text === "true" ? "is always true" : `lets every row through: ${text}`;
    case "bypass":
      return `lets every row through on a setting: ${text}`;
    case "null opens":
      return `lets every row through where no tenant is set: ${text}`;
    case "shared rows":
      return `lets rows without a tenant through: ${text}`;
    case "constant":
      return `lets the rows of a fixed tenant through: ${text}`;
    case "self comparison":
      return `compares a column with itself: ${text}`;
    case "lossy":
      return `compares the tenant loosely: ${text}`;
    case "user":
      return `ties the row to the user and not to the tenant: ${text}`;
    case "loose":
      return `asks for other things than the tenant: ${text}`;
    case "unknown":
      return `could not be understood: ${text}`;
  }
}
