import type { Outcome } from "../outcome.js";
import type { Attack } from "../rules.js";
import type { Trial } from "../trial.js";

/** The columns of the matrix of tables. */
export const operations = [
  "read",
  "no tenant",
  "insert",
  "update",
  "delete",
  "upsert",
  "reference",
  "cascade",
  "oracle",
  "privilege",
] as const;
export type Operation = (typeof operations)[number];

/** One way to get at another tenant's rows of a table. */
export interface TableProbe {
  readonly name: string;
  readonly operation: Operation;
  /** What it can find. */
  readonly attacks: readonly Attack[];
  run(trial: Trial): Promise<Outcome>;
}
