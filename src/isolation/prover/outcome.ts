import type { Cell, Verdict } from "../report/report.js";
import type { Finding } from "../report/finding.js";

/** What a probe says of one place. */
export interface Outcome extends Cell {
  readonly findings: readonly Finding[];
}

export const holds = (note?: string): Outcome => outcome("holds", note);
export const notApplicable = (note?: string): Outcome => outcome("not applicable", note);
export const unproven = (note: string): Outcome => outcome("unproven", note);
export const open = (...findings: readonly Finding[]): Outcome => ({ verdict: "open", findings });

/**
 * Several outcomes as one: open if any is, else unproven if any is. A verdict of `holds` needs all that
 * could be tried to hold.
 */
export function combine(outcomes: readonly Outcome[]): Outcome {
  const verdict = worstOf(outcomes.map((each) => each.verdict));
  const notes = new Set(
    outcomes.filter((each) => each.verdict === verdict).flatMap(({ note }) => note ?? []),
  );
  const findings = outcomes.flatMap((each) => each.findings);
  const note = verdict === "open" ? undefined : [...notes].join("; ");
  return { verdict, findings, ...(note ? { note } : {}) };
}

function worstOf(verdicts: readonly Verdict[]): Verdict {
  const ranking: readonly Verdict[] = ["open", "unproven", "holds"];
  return ranking.find((verdict) => verdicts.includes(verdict)) ?? "not applicable";
}

function outcome(verdict: Verdict, note: string | undefined): Outcome {
  return { verdict, findings: [], ...(note === undefined ? {} : { note }) };
}
