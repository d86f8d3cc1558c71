import { nameOf, quoted, sqlName } from "../catalog/names.js";
import type { DatabaseFunction } from "../catalog/functions.js";
import type { Policy } from "../catalog/relation.js";
import { parseExpression, type Node } from "../sql/parse.js";
import { walk, wordsOf } from "../sql/walk.js";
import type { Subject } from "../subject/subject.js";
import type { Check } from "./check.js";
import { isNamed } from "./support/context.js";
import { globalKeys } from "./support/unique-keys.js";
import { signature } from "./support/wording.js";

export const e3: Check = {
  id: "E3",
  name: "timing-oracle",
  severity: "high",
  title: "A policy whose cost tells whether a hidden row exists",
  meaning:
    "A function that a policy calls for each row takes time for each row that is found, hidden ones too. Where the key lacks the tenant, looking up another tenant's id takes hundreds of times as long as looking up one that is not there. A constant sub-select is evaluated once, and a key with the tenant first finds no row to evaluate anything for.",
  *find(subject) {
    const seen = new Set<number>();
    for (const { table } of globalKeys(subject)) {
      const { relation } = table;
      if (!relation.rowSecurity || seen.has(relation.oid)) continue;
      seen.add(relation.oid);
      for (const policy of relation.policies) {
        const routine = perRow(subject, policy);
        if (routine === undefined) continue;
        yield {
          subject: nameOf(relation),
          detail: policy.name,
          message: `The policy ${policy.name} of ${nameOf(relation)} calls ${signature(routine)} for each row, and the table has a key without the tenant.`,
          mend: mendOf(relation, policy, routine),
        };
      }
    }
  },
};

/** A function of the database's own that is called outside of a sub-select: once for every row. */
function perRow(subject: Subject, { using, check, command }: Policy): DatabaseFunction | undefined {
  if (command === "INSERT") return undefined;
  const expression = parseExpression(using ?? check ?? "true");
  let found: DatabaseFunction | undefined;
  walk([expression], (kind, value) => {
    if (kind === "SubLink") return false;
    if (kind === "FuncCall") found ??= slowFunction(subject, value);
    return undefined;
  });
  return found;
}

/** One in SQL may be inlined and then costs nothing of its own; one that is immutable is evaluated once. */
function slowFunction(subject: Subject, call: Record<string, unknown>) {
  const { funcname, args = [] } = call as { funcname?: Node[]; args?: Node[] };
  const words = wordsOf(funcname);
  return [...subject.catalog.functions.values()].find(
    (routine) =>
      isNamed(`${routine.schema}.${routine.name}`, words) &&
      (args.length > 0 || routine.volatility !== "immutable") &&
      !(routine.language === "sql" && !routine.securityDefiner && routine.settings.length === 0),
  );
}

function mendOf(
  relation: { schema: string; name: string },
  { name, using }: Policy,
  routine: DatabaseFunction,
): string {
  const bareCall = new RegExp(`(?:\\b${routine.schema}\\.)?\\b${routine.name}\\(\\)`, "g");
  if (routine.argumentCount > 0 || using === null) {
    return `Compare a column with a constant sub-select in ${name} instead of passing the row to ${signature(routine)}, and put the tenant first in the keys of ${nameOf(relation)} (D4).`;
  }
  return `ALTER POLICY ${quoted(name)} ON ${sqlName(relation)} USING (${using.replace(bareCall, (each) => `(SELECT ${each})`)});
-- and put the tenant first in the table's keys (D4)`;
}
