import type { Finding, Rule } from "./finding.js";

/** `unproven` is never counted as `holds`; its note says why it could not be tried. */
export type Verdict = "holds" | "open" | "unproven" | "not applicable";

export interface Cell {
  readonly verdict: Verdict;
  /** Why, in a few words; required where it is `unproven`. */
  readonly note?: string;
}

/** What was looked at, as table × operation or route × attack. */
export interface Matrix {
  /** What the rows are, as `table`. */
  readonly what: string;
  readonly columns: readonly string[];
  readonly rows: readonly MatrixRow[];
  /** Every row is shown, with the notes of its cells below it. Default false. */
  readonly isExplained?: boolean;
}

export interface MatrixRow {
  readonly name: string;
  /** As `tenant`, `global`; shown beside the name. */
  readonly kind?: string;
  /** As many as the matrix has columns. */
  readonly cells: readonly Cell[];
}

export interface Suppressed {
  readonly finding: Finding;
  readonly reason: string;
  /** The day after which it counts again, as `2027-01-31`. */
  readonly until?: string;
}

/** What `audit`, `prove`, `probe`, `lint-sql` and `checklist` hand to the writers of this folder. */
export interface Report {
  /** The command, as `audit`. */
  readonly tool: string;
  /** Of the package. */
  readonly version: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly milliseconds: number;
  /** What was looked at: pairs of a name and a value, as `database`, `acme on PostgreSQL 18.4`. */
  readonly target: readonly (readonly [string, string])[];
  /** What nobody said and was concluded, a sentence each, with the option that says it. */
  readonly assumptions: readonly string[];
  /** Everything that was asked, whether found or not. */
  readonly rules: readonly Rule[];
  readonly findings: readonly Finding[];
  readonly suppressed: readonly Suppressed[];
  readonly matrices: readonly Matrix[];
  /** What could not be tried, and why; a sentence each. */
  readonly unproven: readonly string[];
  /** Anything else a reader must know, a sentence each. */
  readonly notes: readonly string[];
}
