import type { AstNode } from "../rule.js";
import { ancestors, child, children, isFunction, pathOf, textField } from "./nodes.js";

/**
 * Whether SQL is sent through something scoped: `tenantry.db.query(…)`, or what a callback of such is
 * given, as `tx` in `tenantry.db.transaction((tx) => tx.query(…))`.
 */
export function isScoped(node: AstNode, scoped: readonly string[]): boolean {
  const sender = senderOf(node);
  if (sender === undefined) return false;
  return startsWithAny(sender, scoped) || isGivenByScoped(node, sender[0] ?? "", scoped);
}

/** The receiver of the call or tag that the text is handed to. */
function senderOf(node: AstNode): string[] | undefined {
  for (const each of ancestors(node)) {
    if (each.type === "CallExpression") {
      const path = pathOf(child(each, "callee"));
      // sql`…`.execute(db) is sent through its argument.
      return path.at(-1) === "execute" && path.length > 1 && isBelow(node, child(each, "callee"))
        ? pathOf(children(each, "arguments")[0])
        : path;
    }
    if (isFunction(each)) return undefined;
  }
  return undefined;
}

function isBelow(node: AstNode, root: AstNode | undefined): boolean {
  return [...ancestors(node)].some((each) => each === root);
}

function startsWithAny(path: readonly string[], scoped: readonly string[]): boolean {
  return scoped.some((each) => {
    const words = each.split(".");
    const from = path[0] === "this" && words[0] !== "this" ? 1 : 0;
    return words.every((word, index) => path[from + index] === word);
  });
}

function isGivenByScoped(node: AstNode, name: string, scoped: readonly string[]): boolean {
  for (const each of ancestors(node)) {
    if (!isFunction(each)) continue;
    const given = children(each, "params").some((param) => textField(param, "name") === name);
    if (!given) continue;
    const { parent } = each;
    if (parent?.type !== "CallExpression") return false;
    const path = pathOf(child(parent, "callee"));
    return startsWithAny(path, scoped) || isGivenByScoped(parent, path[0] ?? "", scoped);
  }
  return false;
}
