import type { Rows } from "../../database/support/stage.js";

/**
 * One way to leak. It is fired as tenant A, through Tenantry and straight at PostgreSQL, where it
 * must fail; and at a twin of the tables with policies as people write them, where it must succeed:
 * an attack that nothing can suffer from proves nothing.
 */
export interface Attack {
  /** What it tries, as a sentence. */
  readonly title: string;
  /** SQLSTATEs that may stop it, besides those of a refused scope. Any other error is its own fault. */
  readonly stoppedBy?: readonly string[];
  /**
   * Why the twin does not suffer from it. Then a mutant must: test/mutants fails where none of its
   * mutants is killed by such an attack.
   */
  readonly notOnTheTwin?: string;
  /** Where only Tenantry's own layer holds: why PostgreSQL alone does not. */
  readonly onlyThroughTenantry?: string;
  /** @returns the loot: whatever was to be seen. B's canaries and the target's secrets give it away. */
  fire(target: Target): Promise<unknown>;
}

/** What an attacker may put into the setting in the hope of being taken for B. */
export interface Claim {
  readonly what: string;
  readonly value: string;
}

export interface Target {
  readonly note: string;
  readonly comment: string;
  readonly log: string;
  readonly logPartition: string;
  readonly sequence: string;
  /** The setting that carries the tenant. */
  readonly setting: string;
  readonly claims: readonly Claim[];
  readonly a: string;
  readonly b: string;
  /** Runs one statement as A, in a transaction of its own. An error that may come is an answer too. */
  run(text: string): Promise<Answer>;
  /** Runs several in one transaction, each under a savepoint. */
  session<T>(work: (run: Target["run"]) => Promise<T>): Promise<T>;
}

export type Answer =
  | { readonly rows: Rows; readonly notices: readonly string[] }
  | { readonly error: string; readonly code: string };

/** Stands in the loot where an attack learned something that is B's without seeing a canary. */
export const learned = "b-canary (learned)";

/** Whether two answers tell apart what should look the same, codes and counts included. */
export function tellsApart(one: Answer, other: Answer): string {
  const shape = (answer: Answer) =>
    "error" in answer ? answer.code : JSON.stringify(answer.rows.map((row) => Object.keys(row)));
  return shape(one) === shape(other) ? "no difference" : learned;
}

/** A literal, as a careless application would put one together. */
export const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** `set_config(…)` to each claim in turn. */
export function setConfigs({ setting, claims }: Target, isLocal = true): string[] {
  return claims.map(({ value }) => `set_config(${quote(setting)}, ${quote(value)}, ${isLocal})`);
}
