import type { DatabaseFunction } from "../catalog/functions.js";
import type { Severity } from "../report/finding.js";
import { walk } from "../sql/walk.js";
import type { Node } from "../sql/parse.js";
import type { Subject } from "../subject/subject.js";
import type { Check } from "./check.js";
import { bodyOf, type FunctionBody } from "../catalog/function-body.js";
import { callsIn, textOf } from "../sql/nodes.js";
import { relationsIn } from "./support/body.js";
import { isTenantSetting, readsContext } from "./support/context.js";
import { callers } from "./support/definers.js";
import { signature, sqlSignature, whoever } from "./support/wording.js";

export const c5: Check = {
  id: "C5",
  name: "context-left-changed",
  severity: "high",
  title: "A function that leaves the tenant changed",
  meaning:
    "The function sets what the policies read the tenant from, and the setting stays as it is when the function returns. The rest of the caller's transaction, or session, then works as another tenant, without any statement that says so. A function's own SET clause is undone at its end; set_config() and SET LOCAL in its body are not.",
  *find(subject) {
    for (const routine of subject.catalog.functions.values()) {
      if (routine.extension !== null) continue;
      const body = bodyOf(routine);
      const changed = body === undefined ? [] : settingsChanged(subject, body);
      const left = changed.filter((name) => !routine.settings.some((each) => isFor(each, name)));
      if (body === undefined || left.length === 0) continue;
      const ways = callers(subject, routine);
      if (ways.length === 0) continue;
      const setting = left[0]!;
      yield {
        subject: signature(routine),
        detail: setting,
        message: `${signature(routine)}, which ${whoever(ways)} may run, sets ${setting} and leaves it so for its caller.`,
        mend: `ALTER ${sqlSignature(routine)} SET ${setting} TO '';
-- it then begins without a tenant, and its caller's comes back when it returns; nothing to do where changing the tenant is all that it is for`,
        severity: severityOf(subject, routine, body, changed.length),
      };
    }
  },
};

/** One that only passes its argument on is how applications set the tenant; one that does more surprises. */
function severityOf(
  subject: Subject,
  { securityDefiner, argumentCount }: DatabaseFunction,
  { nodes }: FunctionBody,
  changes: number,
): Severity {
  const putsBack =
    changes > 1 &&
    callsIn(nodes).some(({ words, args }) => readsContext(subject, call(words, args)));
  if (putsBack) return "low";
  const doesMore = relationsIn(subject, nodes).length > 0;
  return securityDefiner || doesMore || argumentCount === 0 ? "high" : "low";
}

function settingsChanged(subject: Subject, { nodes }: FunctionBody): string[] {
  const byCall = callsIn(nodes)
    .filter(({ words }) => words.at(-1) === "set_config")
    .map(({ args }) => textOf(args[0]) ?? "");
  const byStatement: string[] = [];
  walk(nodes, (kind, value) => {
    if (kind === "VariableSetStmt") byStatement.push(String(value["name"]));
    return undefined;
  });
  return [...byCall, ...byStatement].filter((name) => isTenantSetting(subject, name));
}

function isFor(setting: string, name: string): boolean {
  return setting.toLowerCase().startsWith(`${name.toLowerCase()}=`);
}

function call(words: readonly string[], args: readonly Node[]) {
  return { funcname: words.map((sval) => ({ String: { sval } })), args };
}
