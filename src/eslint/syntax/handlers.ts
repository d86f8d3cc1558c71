import type { AstNode } from "../rule.js";
import { ancestors, child, children, isFunction, pathOf, textField } from "./nodes.js";

const verbs = new Set(["get", "post", "put", "patch", "delete", "all", "use", "route"]);
const requests = /^_?(req|request|ctx|context|c)$/;

/** Whether a node stands in a function that answers a request: passed to a router, or named so. */
export function insideHandler(node: AstNode): boolean {
  for (const each of ancestors(node)) {
    if (isFunction(each) && (takesRequest(each) || isRoute(each))) return true;
  }
  return false;
}

function takesRequest(node: AstNode): boolean {
  const [first] = children(node, "params");
  return first?.type === "Identifier" && requests.test(textField(first, "name") ?? "");
}

function isRoute(node: AstNode): boolean {
  const { parent } = node;
  if (parent?.type !== "CallExpression") return false;
  const path = pathOf(child(parent, "callee"));
  const isRouter = /^(app|router|server|fastify|api|routes)$/i.test(path.at(-2) ?? "");
  return isRouter && verbs.has(path.at(-1) ?? "");
}
