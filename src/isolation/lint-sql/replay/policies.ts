import { tableAt } from "./tables.js";
import { rolesOf } from "./names.js";
import { on, type NodeOf, type Step } from "./step.js";

function createPolicy(statement: NodeOf<"CreatePolicyStmt">, step: Step): void {
  const roles = rolesOf(statement.roles);
  tableAt(statement.table, step).policies.set(statement.policy_name ?? "", {
    permissive: statement.permissive === true,
    command: statement.cmd_name ?? "all",
    roles: roles.length === 0 ? ["public"] : roles,
    using: statement.qual,
    check: statement.with_check,
    place: step.place,
  });
}

function alterPolicy(statement: NodeOf<"AlterPolicyStmt">, step: Step): void {
  const policy = tableAt(statement.table, step).policies.get(statement.policy_name ?? "");
  if (policy === undefined) return;
  if (statement.roles !== undefined) policy.roles = rolesOf(statement.roles);
  policy.using = statement.qual ?? policy.using;
  policy.check = statement.with_check ?? policy.check;
  policy.place = step.place;
}

export const policyEntries = [
  on("CreatePolicyStmt", createPolicy),
  on("AlterPolicyStmt", alterPolicy),
];
