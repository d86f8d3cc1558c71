import { quoted, sqlName } from "../catalog/names.js";
import { mayUse } from "../catalog/powers.js";
import type { DatabaseFunction } from "../catalog/functions.js";
import { bodyOf } from "../catalog/function-body.js";
import { askersOf } from "../policies/index.js";
import { callsIn, textOf } from "../sql/nodes.js";
import type { Node } from "../sql/parse.js";
import { walk } from "../sql/walk.js";
import type { Subject } from "../subject/subject.js";
import type { Check } from "./check.js";
import { roleNamed } from "./support/ways.js";

export const f1: Check = {
  id: "F1",
  name: "session-level-tenant",
  severity: "high",
  title: "The tenant, or a role, is set for the session instead of the transaction",
  meaning:
    "Connections are shared: what is set for the session stays on the connection and meets the next request, another tenant's. A pooler in transaction mode hands it from client to client. Only what is local to the transaction is gone by itself. A role that is changed at log-in is what every RESET comes back to.",
  *find(subject) {
    const { catalog, appRoles } = subject;
    for (const routine of catalog.functions.values()) {
      const setting = routine.extension === null ? settingSet(subject, routine) : undefined;
      if (setting === undefined) continue;
      const caller = askersOf(subject).find(({ role }) =>
        mayUse(catalog, role, routine, "EXECUTE"),
      );
      if (caller === undefined) continue;
      const name = `${routine.schema}.${routine.name}(${routine.arguments})`;
      yield {
        subject: name,
        message: `${name}, which ${caller.role.name} may run, sets ${setting} for the whole session.`,
        mend: `Set it for the transaction alone: set_config('${setting}', …, true) or SET LOCAL in ${sqlName(routine)}.`,
      };
    }
    for (const { role, name, value } of catalog.roleSettings) {
      if (name !== "role" || !appRoles.some(({ oid }) => oid === role)) continue;
      yield {
        subject: `role ${roleNamed(catalog, role)}`,
        detail: "role",
        message: `Every session of ${roleNamed(catalog, role)} begins as ${value}.`,
        mend: `ALTER ROLE ${quoted(roleNamed(catalog, role))} RESET role;`,
        severity: "medium",
      };
    }
  },
};

function settingSet(subject: Subject, routine: DatabaseFunction): string | undefined {
  const names = new Set(subject.context.settings);
  const body = bodyOf(routine);
  if (body === undefined) return undefined;
  for (const { words, args } of callsIn(body.nodes)) {
    const name = words.at(-1) === "set_config" ? textOf(args[0]) : undefined;
    if (name !== undefined && names.has(name) && isFalse(args[2])) return name;
  }
  let found: string | undefined;
  walk(body.nodes, (kind, value) => {
    const name = kind === "VariableSetStmt" ? value["name"] : undefined;
    if (typeof name === "string" && names.has(name) && value["is_local"] !== true) found = name;
    return undefined;
  });
  return found;
}

function isFalse(node: Node | undefined): boolean {
  if (node === undefined || !("A_Const" in node)) return false;
  const { boolval } = node.A_Const;
  return boolval !== undefined && boolval.boolval !== true;
}
