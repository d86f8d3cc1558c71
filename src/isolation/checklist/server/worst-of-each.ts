import type { Found } from "../../checks/check.js";
import { severities } from "../../report/finding.js";

/** One finding for each thing that was tried, though it was tried as several tenants: the worst. */
export function worstOfEach(findings: readonly Found[]): readonly Found[] {
  const worst = new Map<string, Found>();
  for (const finding of findings) {
    const key = finding.detail ?? "";
    const before = worst.get(key);
    if (before === undefined || rankOf(finding) < rankOf(before)) worst.set(key, finding);
  }
  return [...worst.values()];
}

/** Without a severity of its own a finding is worse than one that is toned down, and not as bad as a leak. */
function rankOf({ severity }: Found): number {
  return severity === undefined ? 0.5 : severities.indexOf(severity);
}
