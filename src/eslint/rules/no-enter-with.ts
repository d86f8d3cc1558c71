import { defineRule } from "../rule.js";
import { propertyName } from "../syntax/nodes.js";

const forbidden = "enterWith";

export const noEnterWith = defineRule({
  description: "Forbid AsyncLocalStorage.enterWith, which leaks the scope into whatever runs next",
  messages: {
    [forbidden]:
      "enterWith leaks the tenant into whatever runs next. Use storage.run(value, work), or tenantry.run(scope, work).",
  },
  options: {},
  defaults: {},
  create: (context) => ({
    MemberExpression(node) {
      if (propertyName(node) === forbidden) context.report({ node, messageId: forbidden });
    },
  }),
});
