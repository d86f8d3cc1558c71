import { keyOf, severityOf, type Finding } from "./finding.js";
import type { Report } from "./report.js";

/** The report for programs. Its form only grows: `format` counts up where something changes its meaning. */
export function jsonOf(report: Report): unknown {
  const { findings, suppressed, rules, ...rest } = report;
  return {
    format: 1,
    ...rest,
    target: Object.fromEntries(report.target),
    findings: findings.map(findingJson),
    suppressed: suppressed.map(({ finding, reason, until }) => ({
      ...findingJson(finding),
      reason,
      ...(until === undefined ? {} : { until }),
    })),
    rules: rules.map(({ id, name, severity, title, meaning }) => ({
      id,
      name,
      severity,
      title,
      meaning,
    })),
  };
}

function findingJson(finding: Finding) {
  const { rule, subject, detail, message, mend, place } = finding;
  return {
    key: keyOf(finding),
    rule: rule.id,
    severity: severityOf(finding),
    title: rule.title,
    subject,
    ...(detail === undefined ? {} : { detail }),
    message,
    mend,
    ...(place === undefined ? {} : { place }),
  };
}
