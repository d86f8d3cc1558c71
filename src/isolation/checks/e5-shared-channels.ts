import type { DatabaseFunction } from "../catalog/functions.js";
import type { Node } from "../sql/parse.js";
import { walk, wordsOf } from "../sql/walk.js";
import { tenantTables, type Subject } from "../subject/subject.js";
import { heldRoles } from "../catalog/powers.js";
import type { Check, Found } from "./check.js";
import { bodyOf } from "../catalog/function-body.js";
import { callsIn, type Call } from "../sql/nodes.js";
import { mentionsContext } from "./support/context.js";
import { callers } from "./support/definers.js";
import { signature, sqlSignature } from "./support/wording.js";

export const e5: Check = {
  id: "E5",
  name: "shared-channels",
  severity: "medium",
  title: "Channels and locks that all tenants share",
  meaning:
    "NOTIFY reaches every session that listens, whosever it is: a payload with a row in it is read by all tenants. An advisory lock whose number does not depend on the tenant lets one tenant hold up the others, and tells when they are at work. And a role that sees others' pg_stat_activity reads the text of their statements.",
  *find(subject) {
    yield* activity(subject);
    for (const routine of subject.catalog.functions.values()) {
      if (routine.extension !== null) continue;
      const body = bodyOf(routine);
      if (body === undefined) continue;
      const calls = callsIn(body.nodes);
      const payload = calls.find(isRowSent);
      const lock = calls.find((call) => isSharedLock(subject, call));
      if ((payload ?? lock) === undefined || callers(subject, routine).length === 0) continue;
      if (payload !== undefined) yield sends(routine);
      if (lock !== undefined) yield locks(routine, lock);
    }
  },
};

function* activity({ catalog, appRoles }: Subject): Iterable<Found> {
  for (const role of appRoles) {
    if (role.superuser) continue;
    const group = heldRoles(catalog, role.oid)
      .map((oid) => catalog.roles.get(oid)?.name)
      .find((name) => name === "pg_read_all_stats" || name === "pg_monitor");
    if (group === undefined) continue;
    yield {
      subject: `role ${role.name}`,
      message: `${role.name} is in ${group} and reads the text of everybody's statements in pg_stat_activity.`,
      mend: `REVOKE ${group} FROM ${role.name};`,
    };
  }
}

/** `pg_notify('channel', row_to_json(new)::text)`: a whole row goes out, not an id. */
function isRowSent({ words, args }: Call): boolean {
  if (words.at(-1) !== "pg_notify") return false;
  let found = false;
  walk([args[1]], (kind, value) => {
    if (kind === "FuncCall") {
      const name = wordsOf(value["funcname"] as Node[]).at(-1) ?? "";
      const [argument] = (value["args"] ?? []) as Node[];
      found ||= /^(row_to_json|to_jsonb?|hstore)$/.test(name) && isWholeRow(argument);
    }
    if (kind === "TypeCast") found ||= isWholeRow(value["arg"] as Node);
    return undefined;
  });
  return found;
}

function isWholeRow(node: Node | undefined): boolean {
  if (node === undefined || !("ColumnRef" in node)) return false;
  const words = wordsOf(node.ColumnRef.fields);
  return /^(new|old)$/i.test(words[0] ?? "") && (words.length === 1 || words[1] === "*");
}

/** Neither the context nor a column that holds the tenant goes into its number. */
function isSharedLock(subject: Subject, { words, args }: Call): boolean {
  if (!/^pg_(try_)?advisory_(xact_)?lock(_shared)?$/.test(words.at(-1) ?? "")) return false;
  if (mentionsContext(subject, args)) return false;
  const columns = new Set(tenantTables(subject).map(({ tenantColumn }) => tenantColumn?.name));
  let hasTenant = false;
  walk(args, (kind, value) => {
    if (kind !== "ColumnRef") return undefined;
    const name = wordsOf(value["fields"] as Node[]).at(-1);
    hasTenant ||= columns.has(name) || /tenant|org|workspace/i.test(name ?? "");
    return undefined;
  });
  return !hasTenant;
}

function sends(routine: DatabaseFunction): Found {
  return {
    subject: signature(routine),
    detail: "notify",
    message: `${signature(routine)} sends whole rows by pg_notify, to every session that listens.`,
    mend: `Let ${sqlSignature(routine)} send the tenant and the row's id alone, and let the listener read the row in that tenant's scope.`,
  };
}

function locks(routine: DatabaseFunction, { words }: Call): Found {
  return {
    subject: signature(routine),
    detail: "lock",
    message: `${signature(routine)} takes ${words.at(-1)}() on a number that is the same for all tenants.`,
    mend: `Let the tenant go into the number in ${sqlSignature(routine)}, as ${words.at(-1)}(hashtextextended(tenant_id::text || ':what', 0)).`,
    severity: "low",
  };
}
