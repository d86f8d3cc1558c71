import { packageVersion } from "../../core/package-version.js";
import type { Acceptance } from "../manifest/accepted.js";
import type { Finding } from "./finding.js";
import { sortFindings } from "./judge.js";
import type { Report } from "./report.js";

type Result = Omit<Report, "tool" | "version" | "startedAt" | "milliseconds" | "suppressed">;

/**
 * Begins a report; what comes back ends it: with the time that passed, findings sorted and those that
 * somebody accepted set apart.
 */
export function startReport(tool: string, accepted: readonly Acceptance[] = []) {
  const startedAt = new Date();
  return (result: Result): Report => {
    const today = startedAt.toISOString().slice(0, 10);
    const sorted = sortFindings(result.findings, accepted, result.rules, today);
    return {
      tool,
      version: packageVersion(),
      startedAt: startedAt.toISOString(),
      milliseconds: Date.now() - startedAt.getTime(),
      ...result,
      findings: sorted.findings satisfies readonly Finding[],
      suppressed: sorted.suppressed,
      notes: [...result.notes, ...sorted.notes],
    };
  };
}
