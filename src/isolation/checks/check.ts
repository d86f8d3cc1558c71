import type { Finding, Rule } from "../report/finding.js";
import type { Subject } from "../subject/subject.js";

/** What a check says of one place; the rule is added. */
export type Found = Omit<Finding, "rule">;

/** One gap that the catalogs can show. */
export interface Check extends Rule {
  find(subject: Subject): Iterable<Found>;
}

/** All that the checks find, in their order. */
export function runChecks(checks: readonly Check[], subject: Subject): readonly Finding[] {
  return checks.flatMap((check) =>
    Array.from(check.find(subject), (found) => ({ rule: ruleOf(check), ...found })),
  );
}

export function ruleOf({ id, name, severity, title, meaning }: Check): Rule {
  return { id, name, severity, title, meaning };
}
