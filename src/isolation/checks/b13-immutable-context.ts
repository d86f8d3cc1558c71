import { sqlName } from "../catalog/names.js";
import { bodyOf } from "../catalog/function-body.js";
import { policyHelpers } from "../policies/index.js";
import { callsIn } from "../sql/nodes.js";
import type { DatabaseFunction } from "../catalog/functions.js";
import type { Check } from "./check.js";

export const b13: Check = {
  id: "B13",
  name: "immutable-context",
  severity: "critical",
  title: "A policy's helper is declared IMMUTABLE though it reads the context",
  meaning:
    "PostgreSQL works an IMMUTABLE function out while it plans and keeps the answer in the plan. A prepared statement that one tenant made then answers the next tenant with the first one's rows. What reads a setting or a table is STABLE.",
  *find(subject) {
    for (const helper of policyHelpers(subject.catalog)) {
      // Tenantry's own asks for the role alone, on purpose: a stale answer can only close.
      if (helper.volatility !== "immutable" || helper.schema === "tenantry") continue;
      const reads = contextRead(helper);
      if (reads === undefined) continue;
      const name = `${helper.schema}.${helper.name}(${helper.arguments})`;
      yield {
        subject: name,
        message: `${name} is IMMUTABLE, is called by policies and reads ${reads}: a plan that is used again keeps another tenant's answer.`,
        mend: `ALTER FUNCTION ${sqlName(helper)}(${helper.arguments}) STABLE;`,
      };
    }
  },
};

function contextRead(helper: DatabaseFunction): string | undefined {
  const body = bodyOf(helper);
  if (body === undefined) return /current_setting/i.test(helper.source) ? "a setting" : undefined;
  const calls = callsIn(body.nodes).map(({ words }) => words.at(-1));
  if (calls.includes("current_setting")) return "a setting";
  if (/\b(current_user|session_user|current_role)\b/i.test(helper.source))
    return "the current role";
  return /\bfrom\s+[a-z"]/i.test(helper.source) ? "a table" : undefined;
}
