import type { Finding } from "../report/finding.js";
import type { Cell, Matrix, Suppressed } from "../report/report.js";
import { bareName } from "./replay/names.js";
import { columnChecks } from "./rules/columns.js";
import { grantChecks } from "./rules/grants.js";
import { keyChecks } from "./rules/keys.js";
import { policyChecks } from "./rules/policies.js";
import type { Check, Context } from "./rules/rule.js";
import { tableChecks } from "./rules/tables.js";

const columns: readonly (readonly [string, readonly Check[]])[] = [
  ["row security", tableChecks],
  ["policies", policyChecks],
  ["tenant column", columnChecks],
  ["keys and references", keyChecks],
  ["grants", grantChecks],
];

/** Tenants' tables against what is looked at in each. */
export function matrixOf(
  { tenancy, model }: Context,
  findings: readonly Finding[],
  suppressed: readonly Suppressed[],
): Matrix {
  const unread = model.unread.map(({ text }) => text);
  const rows = tenancy.tenantTables.map(({ name, created }) => {
    const mine = findings.filter(({ subject }) => subject === name);
    const doubtful = unread.some((text) => text.includes(bareName(name)));
    const cells = columns.map(([, checks]): Cell => {
      const rules = checks.flatMap((check) => check.rules);
      const broken = mine.find(({ rule }) => rules.some(({ id }) => id === rule.id));
      if (broken !== undefined) return { verdict: "open", note: broken.rule.name };
      const excused = suppressed.find(
        ({ finding }) => finding.subject === name && rules.some(({ id }) => id === finding.rule.id),
      );
      if (excused !== undefined) return { verdict: "open", note: `accepted: ${excused.reason}` };
      if (!created) return { verdict: "unproven", note: "created elsewhere" };
      return doubtful
        ? { verdict: "unproven", note: "named in SQL that was not read" }
        : { verdict: "holds" };
    });
    return { name, kind: "tenant", cells };
  });
  return { what: "table", columns: columns.map(([name]) => name), rows };
}
