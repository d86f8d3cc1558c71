import type { GrantStmt } from "libpg-query";
import { wordsOf } from "../../sql/walk.js";
import type { Node } from "../../sql/parse.js";
import type { Model } from "../model/model.js";
import { functionsAt, signatureOf } from "./functions.js";
import { relationName, rolesOf, schemaOf } from "./names.js";
import { on, type NodeOf, type Step } from "./step.js";

/** What GRANT ALL gives on a table. */
const allPrivileges = [
  "select",
  "insert",
  "update",
  "delete",
  "truncate",
  "references",
  "trigger",
  "maintain",
];

function grantOrRevoke(statement: GrantStmt, step: Step): void {
  // REVOKE GRANT OPTION FOR takes nothing of the privilege itself.
  if (statement.is_grant !== true && statement.grant_option === true) return;
  if (isRoutine(statement.objtype)) return onFunctions(statement, step);
  if (statement.objtype !== "OBJECT_TABLE") return;
  const privileges = privilegesOf(statement);
  const grantees = rolesOf(statement.grantees);
  const broad = statement.targtype === "ACL_TARGET_ALL_IN_SCHEMA";
  if (broad) onAllTables(statement, privileges, grantees, step);
  const tables = broad ? tablesIn(statement, step.model) : namesOf(statement.objects);
  for (const table of tables) {
    for (const grantee of grantees) {
      revoke(step.model, table, grantee, privileges);
      if (statement.is_grant !== true) {
        withhold(step.model, table, grantee, privileges);
        continue;
      }
      const grants = privileges.map((privilege) => ({ table, grantee, privilege, broad }));
      step.model.grants.push(...grants.map((grant) => ({ ...grant, place: step.place })));
    }
  }
}

/** PUBLIC has nothing on a new table: to revoke all from it tells that nobody should. */
function withhold(
  { tables }: Model,
  name: string,
  grantee: string,
  privileges: readonly string[],
): void {
  const table = tables.get(name);
  if (table === undefined || grantee !== "public") return;
  if (allPrivileges.every((privilege) => privileges.includes(privilege))) table.withheld = true;
}

export function revoke(
  model: Model,
  table: string,
  grantee: string,
  privileges: readonly string[],
): void {
  model.grants = model.grants.filter(
    (grant) =>
      grant.table !== table || grant.grantee !== grantee || !privileges.includes(grant.privilege),
  );
}

function onAllTables(
  statement: GrantStmt,
  privileges: readonly string[],
  grantees: readonly string[],
  step: Step,
): void {
  for (const schema of wordsOf(statement.objects)) {
    for (const grantee of grantees) {
      const others = withoutPrivileges(step.model.broadGrants, schema, grantee, privileges);
      const grant = { schema, grantee, privileges, place: step.place };
      step.model.broadGrants = statement.is_grant === true ? [...others, grant] : others;
    }
  }
}

function withoutPrivileges(
  grants: Model["broadGrants"],
  schema: string,
  grantee: string,
  privileges: readonly string[],
): Model["broadGrants"] {
  return grants.flatMap((grant) => {
    if (grant.schema !== schema || grant.grantee !== grantee) return [grant];
    const left = grant.privileges.filter((privilege) => !privileges.includes(privilege));
    return left.length === 0 ? [] : [{ ...grant, privileges: left }];
  });
}

function tablesIn(statement: GrantStmt, model: Model): string[] {
  const schemas = wordsOf(statement.objects);
  return [...model.tables.keys(), ...model.views.keys()].filter((name) =>
    schemas.includes(schemaOf(name)),
  );
}

function namesOf(nodes: readonly Node[] | undefined): string[] {
  return (nodes ?? []).flatMap((node) => ("RangeVar" in node ? [relationName(node.RangeVar)] : []));
}

function privilegesOf({ privileges }: GrantStmt): readonly string[] {
  const named = (privileges ?? []).flatMap((node) =>
    "AccessPriv" in node ? [node.AccessPriv.priv_name ?? ""] : [],
  );
  return named.length === 0 ? allPrivileges : named;
}

function isRoutine(type: GrantStmt["objtype"]): boolean {
  return type === "OBJECT_FUNCTION" || type === "OBJECT_PROCEDURE" || type === "OBJECT_ROUTINE";
}

function onFunctions(statement: GrantStmt, step: Step): void {
  const grantees = rolesOf(statement.grantees);
  for (const each of touchedFunctions(statement, step.model)) {
    for (const grantee of grantees) {
      if (statement.is_grant === true) each.executors.add(grantee);
      else each.executors.delete(grantee);
    }
  }
}

function touchedFunctions({ targtype, objects }: GrantStmt, model: Model) {
  if (targtype === "ACL_TARGET_ALL_IN_SCHEMA") {
    const schemas = wordsOf(objects);
    return [...model.functions.values()].filter(({ name }) => schemas.includes(schemaOf(name)));
  }
  return (objects ?? []).flatMap((node) =>
    "ObjectWithArgs" in node ? functionsAt(model, signatureOf(node.ObjectWithArgs)) : [],
  );
}

function defaultPrivileges(
  { options, action }: NodeOf<"AlterDefaultPrivilegesStmt">,
  step: Step,
): void {
  if (action === undefined) return;
  const named = (options ?? []).flatMap((node) =>
    "DefElem" in node && node.DefElem.defname === "schemas" ? [node.DefElem.arg] : [],
  );
  const words = named.flatMap((list) =>
    list !== undefined && "List" in list ? wordsOf(list.List.items) : [],
  );
  const schemas = words.length === 0 ? ["*"] : words;
  const grantees = rolesOf(action.grantees);
  const { model } = step;
  if (isRoutine(action.objtype)) {
    if (!grantees.includes("public")) return;
    for (const schema of schemas) {
      if (action.is_grant === true) model.closedToPublic.delete(schema);
      else model.closedToPublic.add(schema);
    }
    return;
  }
  if (action.objtype !== "OBJECT_TABLE") return;
  const privileges = privilegesOf(action);
  for (const schema of schemas) {
    for (const grantee of grantees) {
      const others = withoutPrivileges(model.defaultGrants, schema, grantee, privileges);
      const grant = { schema, grantee, privileges, place: step.place };
      model.defaultGrants = action.is_grant === true ? [...others, grant] : others;
    }
  }
}

export const grantEntries = [
  on("GrantStmt", grantOrRevoke),
  on("AlterDefaultPrivilegesStmt", defaultPrivileges),
];
