import { defineRule, type AstNode } from "../rule.js";
import { children, child, isFunction, pathOf, textField, unwrap } from "../syntax/nodes.js";
import { looksLikeSql } from "../sql/looks-like-sql.js";

export const noCallbackQuery = defineRule({
  description: "Forbid query(text, callback): the callback runs in another request's context",
  messages: {
    callback:
      "A callback of {{receiver}}.query() runs in another request's context about half the time, with its tenant. Await the promise instead.",
  },
  options: {},
  defaults: {},
  create: (context) => ({
    CallExpression(node) {
      const path = pathOf(child(node, "callee"));
      const args = children(node, "arguments");
      const [first] = args;
      if (path.at(-1) !== "query" || path.length < 2 || args.length < 2) return;
      if (first === undefined || !isCallback(args.at(-1)!)) return;
      const receiver = path.slice(0, -1).join(".");
      if (!looksLikeSql(first) && !isClient(path.at(-2) ?? "")) return;
      context.report({ node, messageId: "callback", data: { receiver } });
    },
  }),
});

function isCallback(node: AstNode): boolean {
  const bare = unwrap(node);
  if (isFunction(bare)) return true;
  const name = bare.type === "Identifier" ? textField(bare, "name") : undefined;
  return name !== undefined && /^(cb|callback|done|next)$/i.test(name);
}

function isClient(name: string): boolean {
  return /^(pool|client|pg|db|database|connection|conn)$|(Pool|Client|Connection)$/.test(name);
}
