/** From the worst down. */
export const severities = ["critical", "high", "medium", "low"] as const;
export type Severity = (typeof severities)[number];

/** What a finding is about in general: one for each check, rule or attack. */
export interface Rule {
  /** As `A1`, or an attack's name; never used for another thing once released. */
  readonly id: string;
  /** Kebab case, as `row-security-off`. */
  readonly name: string;
  readonly severity: Severity;
  /** One line: the gap, not the cure. */
  readonly title: string;
  /** What somebody can do through the gap; a short paragraph. */
  readonly meaning: string;
}

/** One place where a rule is broken. */
export interface Finding {
  readonly rule: Rule;
  /** What it is about, as `public.projects`, `role app` or `GET /projects/{id}`. */
  readonly subject: string;
  /** Tells apart several findings of one rule on one subject, as a policy's name. */
  readonly detail?: string;
  /** What was seen, in one sentence with the real names. */
  readonly message: string;
  /** SQL that can be run, or what to do; with the real names. */
  readonly mend: string;
  /** Where the rule's own severity does not fit this case. */
  readonly severity?: Severity;
  /** Where it stands in a file, for linters. Lines and columns count from 1. */
  readonly place?: { readonly file: string; readonly line: number; readonly column?: number };
}

/** Stays the same from run to run, so that it can be suppressed. */
export function keyOf({ rule, subject, detail }: Finding): string {
  return [rule.id, subject, ...(detail === undefined ? [] : [detail])].join(":");
}

export function severityOf(finding: Finding): Severity {
  return finding.severity ?? finding.rule.severity;
}

/** Whether `severity` is `bound` or worse. */
export function isAtLeast(severity: Severity, bound: Severity): boolean {
  return severities.indexOf(severity) <= severities.indexOf(bound);
}
