import type { ContextValue } from "./atom.js";

/** What one case of an expression, or all of it, lets through. */
export type MeaningKind =
  /** The row's tenant is the acting one. */
  | "binds"
  /** The row's tenant is looked up for the user: one that they are a member of. */
  | "membership"
  /** The row has a parent whose tenant is the acting one, and no tenant of its own. */
  | "through a parent"
  | "closed"
  /** Every row, whoever asks. */
  | "open"
  /** Every row, on a condition that has no column in it, as a setting. */
  | "bypass"
  /** Every row, where no tenant is set. */
  | "null opens"
  /** Rows whose tenant is NULL. */
  | "shared rows"
  /** The rows of one tenant that is written into the policy. */
  | "constant"
  | "self comparison"
  /** The tenant is compared under a conversion that makes different ones equal. */
  | "lossy"
  /** The row is tied to the user, or to the context by another way than its tenant. */
  | "user"
  /** The row's parent is the acting tenant's; its own tenant is not looked at. */
  | "parent alone"
  /** Other conditions on the row, which say nothing of its tenant. */
  | "loose"
  | "unknown";

/** One way in which an expression can be true. */
export interface Case {
  readonly kind: MeaningKind;
  /** The piece of the policy that says so, or what could not be read. */
  readonly text: string;
  /** What binds: where the tenant is read from. */
  readonly contexts: readonly ContextValue[];
  /** The table that it is looked up in. */
  readonly via?: string;
  /** The cast on the tenant column that keeps an index from being used. */
  readonly cast?: string;
}

export interface Meaning {
  /** Those that can come; none is never true. */
  readonly cases: readonly Case[];
}

export type VerdictWord = "isolated" | "leaks" | "denied" | "unknown";

/** Where the expression stands: rows that are seen, rows that are changed or deleted, new rows. */
export type Use = "read" | "change" | "write";

/** What a single case comes to. */
export function judgeCase({ kind }: Case, use: Use): VerdictWord {
  switch (kind) {
    case "binds":
    case "membership":
    case "through a parent":
      return "isolated";
    case "closed":
      return "denied";
    case "unknown":
      return "unknown";
    // What everybody may read is another thing than what everybody may change, or plant.
    case "shared rows":
    case "constant":
      return use === "read" ? "unknown" : "leaks";
    // Seen or deleted, a row of one's own may be anybody's tenant's; written, it can be forged for any.
    case "user":
    case "parent alone":
      return use === "write" ? "leaks" : "unknown";
    case "open":
    case "bypass":
    case "null opens":
    case "self comparison":
    case "lossy":
    case "loose":
      return "leaks";
  }
}
