import type { DatabaseFunction } from "../catalog/functions.js";
import { nameOf } from "../catalog/names.js";
import type { Severity } from "../report/finding.js";
import type { Subject } from "../subject/subject.js";
import type { Check } from "./check.js";
import { bodyOf } from "../catalog/function-body.js";
import { callers, touches } from "./support/definers.js";
import { bypasses } from "./support/row-security.js";
import { listed, roleName, signature, sqlSignature, whoever } from "./support/wording.js";

export const c4: Check = {
  id: "C4",
  name: "definer-function",
  severity: "critical",
  title: "A SECURITY DEFINER function that reaches every tenant's rows",
  meaning:
    "Such a function runs with its owner's rights, and a new function may be executed by PUBLIC unless that is revoked. Where policies do not hold its owner, whoever calls it, or writes to a table whose trigger it is, works on all tenants' rows as far as its statements go. Comparing with an argument is no guard: the caller chooses it.",
  *find(subject) {
    for (const routine of subject.catalog.functions.values()) {
      if (!routine.securityDefiner || routine.extension !== null) continue;
      const ways = callers(subject, routine);
      const problem = ways.length === 0 ? undefined : problemOf(subject, routine);
      if (problem === undefined) continue;
      yield {
        subject: signature(routine),
        message: `${signature(routine)} runs with the rights of ${roleName(subject, routine.owner)} for ${whoever(ways)}, and ${problem.what}.`,
        mend: mendOf(routine),
        severity: problem.severity,
      };
    }
  },
};

interface Problem {
  readonly what: string;
  readonly severity: Severity;
}

function problemOf(subject: Subject, routine: DatabaseFunction): Problem | undefined {
  const touched = touches(subject, routine);
  const free = touched?.filter(({ guarded }) => !guarded) ?? [];
  if (free.length > 0) {
    const tables = listed(free.map(({ table }) => nameOf(table)));
    const reasons = listed(free.map(({ because }) => because));
    return { what: `reaches ${tables} of every tenant: ${reasons}`, severity: "critical" };
  }
  const unbound = bypasses(subject, routine.owner);
  if (unbound !== undefined && touched === undefined) {
    const what = `what it does cannot be read from its text, and ${unbound}`;
    return { what, severity: "high" };
  }
  if (unbound !== undefined && (bodyOf(routine)?.executed.length ?? 0) > 0) {
    return { what: `it runs SQL that it puts together, and ${unbound}`, severity: "high" };
  }
  if (touched === undefined || touched.length === 0) return undefined;
  const tables = listed(touched.map(({ table }) => nameOf(table)));
  return { what: `only its own WHERE keeps it within one tenant's ${tables}`, severity: "low" };
}

function mendOf(routine: DatabaseFunction): string {
  const name = sqlSignature(routine);
  return `ALTER ${name} SECURITY INVOKER;
REVOKE EXECUTE ON ${name} FROM PUBLIC;
-- or, where it needs other rights: ALTER … OWNER TO a role without BYPASSRLS that owns no table, and compare the tenant with the context`;
}
