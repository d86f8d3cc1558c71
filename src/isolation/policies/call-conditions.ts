import type { Node } from "../sql/parse.js";
import { wordsOf } from "../sql/walk.js";
import { all, always, any, atomic, never, type Formula } from "./formula.js";
import { calledBody, calledFunction, functionName, type Body } from "./functions.js";
import { branchesOf } from "./queries.js";
import { pathScope, type Scope } from "./range.js";
import { hasRole } from "./role-conditions.js";
import { show } from "./show.js";
import { operatorConditions, operatorRole } from "./tenantry.js";

/** A call that answers true or false: of a role's memberships, of Tenantry, or of a helper whose body is read. */
export function callCondition(
  node: Extract<Node, { FuncCall: unknown }>,
  scope: Scope,
  negated: boolean,
): Formula | undefined {
  const name = wordsOf(node.FuncCall.funcname).at(-1);
  if (name === "pg_has_role") return membershipCondition(node, scope, negated);
  const called = calledFunction(node.FuncCall, scope);
  if (called === undefined) return undefined;
  if (operatorConditions.has(functionName(called))) {
    const { role, subject } = scope.analysis;
    return truth(hasRole(role, operatorRole, "MEMBER", subject), negated);
  }
  const body = calledBody(called, node.FuncCall, scope);
  return body === undefined ? opaque(node, negated) : bodyCondition(body, negated);
}

function bodyCondition(body: Body, negated: boolean): Formula {
  if (body.kind === "query") {
    return any(
      branchesOf(body.select, body.scope).map(({ targets, scope, given }) => {
        const [target] = targets;
        if (target === undefined) return never;
        return all([given, scope.analysis.readers.condition(target, scope, negated)]);
      }),
    );
  }
  return any(
    body.paths.map((path) => {
      const scope = pathScope(body.scope, path.variables);
      const { condition } = scope.analysis.readers;
      const conditions = path.conditions.map((each) => condition(each, scope, false));
      return all([...conditions, condition(path.result, scope, negated)]);
    }),
  );
}

function membershipCondition(
  node: Extract<Node, { FuncCall: unknown }>,
  scope: Scope,
  negated: boolean,
): Formula {
  const args = node.FuncCall.args ?? [];
  const found = args.map((each) => scope.analysis.readers.values(each, scope)[0]?.value);
  const [privilege, role] = [found.at(-1), found.at(-2)];
  if (privilege?.kind !== "constant" || role?.kind !== "constant") return opaque(node, negated);
  const user = found.length > 2 ? found[0] : undefined;
  if (user !== undefined && user.kind !== "context") return opaque(node, negated);
  const isLogin = user?.sources[0]?.name.startsWith("SESSION") ?? false;
  const { login, subject } = scope.analysis;
  const who = isLogin ? login : scope.executor;
  return truth(hasRole(who, role.value ?? "", privilege.value ?? "", subject), negated);
}

function truth(holds: boolean, negated: boolean): Formula {
  return holds !== negated ? always : never;
}

function opaque(node: Node, negated: boolean): Formula {
  const columns =
    "FuncCall" in node && (node.FuncCall.args ?? []).some((each) => !("A_Const" in each));
  return atomic({ kind: "opaque", columns, text: `${negated ? "NOT " : ""}${show(node)}` });
}
