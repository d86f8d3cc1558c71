import type { Acceptance } from "../manifest/accepted.js";
import {
  isAtLeast,
  keyOf,
  severities,
  severityOf,
  type Finding,
  type Rule,
  type Severity,
} from "./finding.js";
import type { Report, Suppressed } from "./report.js";

interface Sorted {
  readonly findings: readonly Finding[];
  readonly suppressed: readonly Suppressed[];
  /** Suppressions that nothing answered to, or whose day has passed: a sentence each. */
  readonly notes: readonly string[];
}

/**
 * Sorts findings from the worst down and takes out what is suppressed.
 * @param rules all that were asked
 * @param today as `2027-01-31`
 */
export function sortFindings(
  findings: readonly Finding[],
  accepted: readonly Acceptance[],
  rules: readonly Rule[],
  today: string,
): Sorted {
  // One manifest serves several tools: what accepts another's finding is not ours to miss.
  const own = accepted.filter(({ key }) =>
    rules.some(({ id }) => covers(key, `${id}:`) || key.startsWith(`${id}:`)),
  );
  const used = new Set<Acceptance>();
  const suppressed: Suppressed[] = [];
  const kept = findings.filter((finding) => {
    const fitting = own.filter(({ key }) => covers(key, keyOf(finding)));
    const valid = fitting.find(({ until }) => until === undefined || until >= today);
    for (const each of fitting) used.add(each);
    if (valid === undefined) return true;
    const { reason, until } = valid;
    suppressed.push({ finding, reason, ...(until === undefined ? {} : { until }) });
    return false;
  });
  const expired = own.filter(({ until }) => until !== undefined && until < today);
  const idle = own.filter((each) => !used.has(each) && !expired.includes(each) && !each.implied);
  return {
    findings: kept.sort(worstFirst),
    suppressed,
    notes: [
      ...expired.map(({ key, until }) => `The suppression of ${key} ended on ${until}.`),
      ...idle.map(({ key }) => `The suppression of ${key} fits nothing any more: take it out.`),
    ],
  };
}

/** Whether a report holds a finding as bad as `failOn`, or worse. */
export function fails(report: Pick<Report, "findings">, failOn: Severity): boolean {
  return report.findings.some((finding) => isAtLeast(severityOf(finding), failOn));
}

function covers(pattern: string, key: string): boolean {
  return pattern.endsWith("*") ? key.startsWith(pattern.slice(0, -1)) : pattern === key;
}

function worstFirst(a: Finding, b: Finding): number {
  const rank = (finding: Finding) => severities.indexOf(severityOf(finding));
  return rank(a) - rank(b) || (keyOf(a) < keyOf(b) ? -1 : 1);
}
