import type { Finding } from "../../report/finding.js";
import type { SqlFunction } from "../model/model.js";
import { finding, sql, type Check, type LintRule } from "./rule.js";

const unpinned: LintRule = {
  id: "L19",
  name: "definer-search-path",
  severity: "high",
  gaps: ["B14", "C4"],
  title: "A SECURITY DEFINER function finds its tables by the caller's search path",
  meaning:
    "The caller puts a table or function of its own in front (a temporary one, where pg_temp is not last) and the definer's code runs it with the owner's rights.",
};

const everyone: LintRule = {
  id: "L20",
  name: "definer-for-everyone",
  severity: "high",
  gaps: ["C4"],
  title: "Everyone may execute a SECURITY DEFINER function",
  meaning:
    "PUBLIC may execute every new function. This one runs with its owner's rights, past the policies that hold the caller.",
};

const immutable: LintRule = {
  id: "L21",
  name: "context-immutable",
  severity: "critical",
  gaps: ["B13"],
  title: "A function that reads the tenant is IMMUTABLE",
  meaning:
    "The planner computes an IMMUTABLE function once and keeps the answer in a cached plan: the next tenant on the connection gets the first one's rows.",
};

function findIn(made: SqlFunction): Finding[] {
  const { name, signature, definer, searchPath, executors, place } = made;
  const call = `${sql(name)}(${signature})`;
  const about = { detail: signature };
  const found: Finding[] = [];
  if (definer && !isPinned(searchPath)) {
    const now = searchPath === undefined ? "the caller's" : searchPath.join(", ");
    const message = `${name}() is SECURITY DEFINER and its search_path is ${now}.`;
    const schemas = (searchPath ?? ["pg_catalog"]).filter((schema) => schema !== "pg_temp");
    const mend = `alter function ${call} set search_path = ${schemas.join(", ")}, pg_temp;`;
    // Pinned, and a temporary table still comes first.
    const severity = searchPath === undefined ? "high" : "medium";
    found.push(finding(unpinned, name, place, message, mend, { ...about, severity }));
  }
  // Nobody can call what returns a trigger.
  if (definer && executors.has("public") && !made.isTrigger) {
    const message = `${name}() is SECURITY DEFINER, and PUBLIC may execute it.`;
    const mend = `revoke execute on function ${call} from public;`;
    found.push(finding(everyone, name, place, message, mend, about));
  }
  if (
    made.immutable &&
    /\bcurrent_setting\b|\bcurrent_tenant\b|\bclaimed_tenant\b/i.test(made.body)
  ) {
    const message = `${name}() is IMMUTABLE and reads a setting.`;
    found.push(finding(immutable, name, place, message, `alter function ${call} stable;`, about));
  }
  return found;
}

/** An empty path leaves nothing to be found by a bare name. */
function isPinned(path: readonly string[] | undefined): boolean {
  if (path === undefined) return false;
  return path.every((schema) => schema === "") || path.at(-1) === "pg_temp";
}

export const functionChecks: readonly Check[] = [
  {
    rules: [unpinned, everyone, immutable],
    find: ({ model }) => [...model.functions.values()].flatMap(findIn),
  },
];
