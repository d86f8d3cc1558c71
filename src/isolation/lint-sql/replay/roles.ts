import type { DefElem, VariableSetStmt } from "libpg-query";
import type { Node } from "../../sql/parse.js";
import { roleOf, type Place } from "../model/model.js";
import { isOn } from "./views.js";
import { textOf } from "../../sql/nodes.js";
import { roleName, rolesOf } from "./names.js";
import { on, type NodeOf, type Step } from "./step.js";

/** What gets a role round row security, or makes it give itself what does. */
const powers = ["superuser", "bypassrls", "isreplication", "createrole"];

function setOptions(name: string, options: readonly Node[] | undefined, step: Step): void {
  const role = roleOf(step.model, name);
  const elements = (options ?? []).flatMap((node) => ("DefElem" in node ? [node.DefElem] : []));
  for (const element of elements) {
    const { defname = "" } = element;
    if (powers.includes(defname)) {
      const power = defname === "isreplication" ? "replication" : defname;
      if (isOn(element)) role.powers.set(power, step.place);
      else role.powers.delete(power);
    }
    // CREATE ROLE … IN ROLE, and CREATE ROLE … ROLE.
    if (defname === "addroleto") {
      for (const group of listed(element)) role.memberOf.set(group, step.place);
    }
    if (defname === "rolemembers" || defname === "adminmembers") {
      for (const member of listed(element))
        roleOf(step.model, member).memberOf.set(name, step.place);
    }
  }
}

function listed({ arg }: DefElem): string[] {
  return arg !== undefined && "List" in arg ? rolesOf(arg.List.items) : [];
}

function grantRole(statement: NodeOf<"GrantRoleStmt">, step: Step): void {
  const groups = (statement.granted_roles ?? []).flatMap((node) =>
    "AccessPriv" in node ? [node.AccessPriv.priv_name ?? ""] : [],
  );
  for (const member of rolesOf(statement.grantee_roles)) {
    const role = roleOf(step.model, member);
    for (const group of groups) {
      if (statement.is_grant === true) role.memberOf.set(group, step.place);
      else if ((statement.opt ?? []).length === 0) role.memberOf.delete(group);
    }
  }
}

function rememberSetting(
  settings: Map<string, Place>,
  statement: VariableSetStmt | undefined,
  step: Step,
): void {
  const { kind, name = "" } = statement ?? {};
  if (kind === "VAR_RESET_ALL") settings.clear();
  else if (kind === "VAR_SET_VALUE") settings.set(name.toLowerCase(), step.place);
  else settings.delete(name.toLowerCase());
}

function setInSession(statement: VariableSetStmt, step: Step): void {
  const { kind, args } = statement;
  const name = (statement.name ?? "").toLowerCase();
  const { model, place } = step;
  const kinds = {
    role: "set-role",
    session_authorization: "set-role",
    session_replication_role: "replica-mode",
  } as const;
  const known = Object.entries(kinds).find(([setting]) => setting === name)?.[1];
  const what = known ?? (name.includes(".") ? "set-session" : undefined);
  if (what === undefined || statement.is_local === true) return;
  const value = textOf(args?.[0]);
  const ends = kind !== "VAR_SET_VALUE" || (known === "replica-mode" && value !== "replica");
  // RESET ROLE before the end of the file: what was in between is over.
  model.happenings = model.happenings.filter(
    (each) => each.place.file !== place.file || each.kind !== what || !each.what.startsWith(name),
  );
  if (!ends) model.happenings.push({ kind: what, what: `${name} = ${value ?? "…"}`, place });
}

export const roleEntries = [
  on("CreateRoleStmt", ({ role, options }, step) => setOptions(role ?? "", options, step)),
  on("AlterRoleStmt", ({ role, options }, step) => setOptions(roleName(role ?? {}), options, step)),
  on("AlterRoleSetStmt", ({ role, setstmt }, step) =>
    rememberSetting(
      // ALTER ROLE ALL is everyone's, as a database's setting is.
      role === undefined
        ? step.model.databaseSettings
        : roleOf(step.model, roleName(role)).settings,
      setstmt,
      step,
    ),
  ),
  on("AlterDatabaseSetStmt", ({ setstmt }, step) =>
    rememberSetting(step.model.databaseSettings, setstmt, step),
  ),
  on("AlterSystemStmt", ({ setstmt }, step) =>
    rememberSetting(step.model.databaseSettings, setstmt, step),
  ),
  on("GrantRoleStmt", grantRole),
  on("VariableSetStmt", setInSession),
];
