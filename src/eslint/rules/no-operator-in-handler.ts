import { defineRule, strings } from "../rule.js";
import { fitsAny, handlerFiles } from "../syntax/files.js";
import { child, pathOf } from "../syntax/nodes.js";
import { insideHandler } from "../syntax/handlers.js";

export const noOperatorInHandler = defineRule({
  description: "Forbid work across tenants where requests of tenants are answered",
  messages: {
    operator:
      "asOperator() reaches every tenant, and this answers a tenant's request. Do operator work in a service of its own, or name the file in the option `allow`.",
  },
  options: { handlers: strings, allow: strings },
  defaults: {
    handlers: handlerFiles,
    allow: ["**/admin/**", "**/operator/**", "**/backoffice/**"] as readonly string[],
  },
  create: (context, { handlers, allow }) => ({
    CallExpression(node) {
      const path = pathOf(child(node, "callee"));
      if (path.length < 2 || path.at(-1) !== "asOperator") return;
      if (fitsAny(context.filename, allow)) return;
      if (!fitsAny(context.filename, handlers) && !insideHandler(node)) return;
      context.report({ node, messageId: "operator" });
    },
  }),
});
