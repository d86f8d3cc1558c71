import type { Found } from "../checks/check.js";
import type { Rule } from "../report/finding.js";
import type { Verdict } from "../report/report.js";
import type { Inputs } from "./inputs.js";

/** What an item has to be given before it can be answered. */
export type Need = "server" | "database" | "repository" | "redis";

/** One question of the review. What it is as a rule is the finding that an open answer comes with. */
export interface Item extends Rule {
  /** As an auditor asks it; no full stop. */
  readonly question: string;
  /** Without these there is no answer; some items take one of them. */
  readonly needs: readonly Need[];
  /** @throws {Unanswered} where it could not be tried */
  answer(inputs: Inputs): Promise<Answer>;
}

export interface Answer {
  readonly verdict: Verdict;
  /** What was asked and what was seen; where nothing was, why, and what would let it be. */
  readonly evidence: string;
  /** Those of an open answer. */
  readonly findings?: readonly Found[];
}

/** Why an item is not proven: a sentence, with the option that would let it be. */
export class Unanswered extends Error {
  override readonly name = "Unanswered";
}

/** An answer from what was found: open with findings, and holding without. */
export function judged(findings: readonly Found[], evidence: string): Answer {
  return findings.length === 0
    ? { verdict: "holds", evidence }
    : { verdict: "open", evidence, findings };
}
