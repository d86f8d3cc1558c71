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
  readonly statements: readonly Statement[];
  /** What takes the step back; can be run again as well. */
  readonly undo: readonly Statement[];
}

export type Statement = string | Building;

/**
 * Builds an index concurrently. It holds up neither reads nor writes, so it may wait for as long as older
 * transactions take; where it fails, it leaves something behind.
 */
export interface Building {
  readonly build: string;
  /** Clears away what an attempt that failed has left. */
  readonly clear: string;
}

export interface Plan {
  /** Steps of the first stage that change nothing, and stop where the plan could not be carried out. */
  readonly conditions: readonly Step[];
  readonly stages: readonly Stage[];
  /** What the plan leaves as it is, and what a person has to see to; sentences. */
  readonly notes: readonly string[];
}
