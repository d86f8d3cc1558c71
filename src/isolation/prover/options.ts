import type { Manifest } from "../manifest/manifest.js";
import type { SubjectOptions } from "../subject/subject.js";
import type { MutateOptions } from "./mutate/mutation.js";

export interface ProveOptions extends SubjectOptions {
  readonly manifest?: Manifest;
  /** Only tables whose name, as `public.projects` or `projects`, fits: `*` stands for anything. Default all. */
  readonly only?: string;
  /** Calls functions whose effects might outlive a rollback, too. Default false. */
  readonly callFunctions?: boolean;
  /** Times look-ups of another tenant's ids against ids that nobody has. Needs a quiet machine. Default false. */
  readonly timing?: boolean;
  /** Statements without WHERE are not sent to tables of more rows than this. Default 1,000,000. */
  readonly blindRows?: number;
  /** Milliseconds a statement may take. Default 10,000. */
  readonly statementTimeout?: number;
  /** Milliseconds a statement may wait for a lock. Default 1,000. */
  readonly lockTimeout?: number;
  /**
   * Breaks one guard after another, to prove the prover. It locks the tables against everybody until
   * the end: for a copy of the database. Default: not done.
   */
  readonly mutate?: MutateOptions;
  /** Hears what is being done, a short sentence each. */
  readonly onStep?: (step: string) => void;
  /** Ends it before the next statement; everything is rolled back. */
  readonly signal?: AbortSignal;
}

/** Whether a table's name fits `only`. */
export function fits(only: string | undefined, name: string): boolean {
  if (only === undefined) return true;
  const words = only.split("*").map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const pattern = new RegExp(`^${words.join(".*")}$`, "i");
  return pattern.test(name) || pattern.test(name.slice(name.indexOf(".") + 1));
}
