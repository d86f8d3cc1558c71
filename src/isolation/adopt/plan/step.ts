/** A part of the plan that one file holds. */
export interface Stage {
  /** Its files' number: stages run in this order. */
  readonly number: number;
  /** Of the file, as `backfill`. */
  readonly name: string;
  /** What it does, a short paragraph. */
  readonly purpose: string;
  /** The locks that it takes, and for how long. */
  readonly locks: string;
  /** How long it may take. */
  readonly duration: string;
  readonly steps: readonly Step[];
}

/** Statements that can be run again whenever they were interrupted. */
export interface Step {
  readonly title: string;
  /** One after the other, each in a transaction of its own or in none. */
  readonly statements: readonly string[];
  /** What takes the step back; can be run again as well. */
  readonly undo: readonly string[];
}

export interface Plan {
  readonly stages: readonly Stage[];
  /** What the plan leaves as it is, and what a person has to see to; sentences. */
  readonly notes: readonly string[];
}
