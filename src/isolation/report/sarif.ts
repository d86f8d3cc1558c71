import { keyOf, severityOf, type Finding, type Rule, type Severity } from "./finding.js";
import type { Report } from "./report.js";

const levels = { critical: "error", high: "error", medium: "warning", low: "note" } as const;

/** As code hosts rank security results: a number from 0 to 10. */
const ranks: Readonly<Record<Severity, string>> = {
  critical: "9.5",
  high: "8.0",
  medium: "5.5",
  low: "2.0",
};

/**
 * The report as SARIF 2.1.0 (OASIS), for code hosts and editors.
 * @param anchor the file that findings without a place of their own are shown at, since a code host
 *   shows no result without one
 */
export function sarifOf(report: Report, anchor: string) {
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0" as const,
    runs: [
      {
        tool: {
          driver: {
            name: `tenantry ${report.tool}`,
            version: report.version,
            semanticVersion: report.version,
            rules: report.rules.map(ruleOf),
          },
        },
        automationDetails: { id: `tenantry/${report.tool}/` },
        invocations: [
          {
            executionSuccessful: true,
            startTimeUtc: report.startedAt,
            toolExecutionNotifications: report.unproven.map((text) => ({
              level: "warning" as const,
              message: { text },
            })),
          },
        ],
        results: [
          ...report.findings.map((finding) => resultOf(finding, report, anchor)),
          ...report.suppressed.map(({ finding, reason }) => ({
            ...resultOf(finding, report, anchor),
            suppressions: [{ kind: "external" as const, justification: reason }],
          })),
        ],
      },
    ],
  };
}

function ruleOf({ id, name, title, meaning, severity }: Rule) {
  return {
    id,
    name: pascal(name),
    shortDescription: { text: title },
    fullDescription: { text: meaning },
    defaultConfiguration: { level: levels[severity] },
    properties: { tags: ["security"], "security-severity": ranks[severity] },
  };
}

function resultOf(finding: Finding, report: Report, anchor: string) {
  const { rule, subject, message, mend, place } = finding;
  const severity = severityOf(finding);
  return {
    ruleId: rule.id,
    ruleIndex: report.rules.findIndex(({ id }) => id === rule.id),
    level: levels[severity],
    message: { text: `${message}\n\n${mend}` },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: place?.file ?? anchor },
          region: {
            startLine: place?.line ?? 1,
            ...(place?.column === undefined ? {} : { startColumn: place.column }),
          },
        },
        logicalLocations: [{ fullyQualifiedName: subject, kind: "resource" }],
      },
    ],
    partialFingerprints: { "tenantry/v1": keyOf(finding) },
    properties: { severity },
  };
}

function pascal(name: string): string {
  return name.replace(/(^|-)([a-z0-9])/g, (_, __, letter: string) => letter.toUpperCase());
}
