import type { Mutant } from "./mutant.js";

/** What came of one mutant. */
export interface Tried {
  readonly mutant: Mutant;
  /** `left out`: there was no time. `failed`: the database refused to break this guard. */
  readonly fate: "killed" | "survived" | "not applicable" | "failed" | "left out";
  /** As `public.projects`; undefined where it was tried nowhere. */
  readonly place: string | undefined;
  /** Why, or what was not noticed. */
  readonly note: string | undefined;
}

/** What came of all. */
export interface Mutation {
  readonly tried: readonly Tried[];
  /** Why none was tried. */
  readonly impossible: string | undefined;
}

export interface MutateOptions {
  /** How long new mutants are begun. Default 120. */
  readonly seconds?: number;
  /** Names of the mutants to be tried. Default all. */
  readonly names?: readonly string[];
  /** Attacks, by id, of which no finding is heard: a prover that is broken on purpose. */
  readonly deafTo?: readonly string[];
}
