import { defineRule, strings, type AstNode } from "../rule.js";
import { ancestors, child, children, isFunction, pathOf, textField } from "../syntax/nodes.js";

export const noAmbientTenantInCache = defineRule({
  description: "Forbid reading the current tenant inside a framework's cache",
  messages: {
    ambient:
      "{{read}} is read while {{cache}} fills a cache whose key does not know the tenant: the next tenant gets the answer. Read it outside, and pass what is needed as an argument.",
  },
  options: { reads: strings },
  defaults: {
    /** What reads the tenant from its surroundings; a name alone, or the end of a path. */
    reads: [
      "tenantry.scope",
      "tenantry.db",
      "currentScope",
      "currentTenant",
      "getStore",
    ] as readonly string[],
  },
  create: (context, { reads }) => ({
    CallExpression(node) {
      const path = pathOf(child(node, "callee"));
      const read = reads.find((each) => fits(path, each.split(".")));
      if (read === undefined) return;
      const cache = cacheAround(node);
      if (cache !== undefined) {
        context.report({ node, messageId: "ambient", data: { read: path.join("."), cache } });
      }
    },
  }),
});

/** `tenantry.db` fits `tenantry.db.query`; `getStore` fits `storage.getStore`. */
function fits(path: readonly string[], words: readonly string[]): boolean {
  if (words.length === 1) return path.at(-1) === words[0];
  return path.some((_, at) => words.every((word, index) => path[at + index] === word));
}

/** React's `cache` lives as long as one request and is none of these. */
function cacheAround(node: AstNode): string | undefined {
  for (const each of ancestors(node)) {
    if (isFunction(each)) {
      const body = child(each, "body");
      if (body !== undefined && hasDirective(body)) return '"use cache"';
      const { parent } = each;
      const isCached =
        parent?.type === "CallExpression" && children(parent, "arguments")[0] === each;
      if (isCached && pathOf(child(parent, "callee")).at(-1) === "unstable_cache") {
        return "unstable_cache()";
      }
    }
    // A file's own directive is for its exported functions, not for what runs as it loads.
    if (each.type === "Program" && hasDirective(each) && [...ancestors(node)].some(isFunction)) {
      return '"use cache"';
    }
  }
  return undefined;
}

function hasDirective(body: AstNode): boolean {
  return children(body, "body").some((statement) => {
    const text = textField(statement, "directive") ?? "";
    return text === "use cache" || text.startsWith("use cache:");
  });
}
