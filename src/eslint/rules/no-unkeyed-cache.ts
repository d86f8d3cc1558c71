import { defineRule, strings, type AstNode, type RuleContext } from "../rule.js";
import { mentionsTenant, speaksOfTenant, tenantWords } from "../syntax/names.js";
import {
  ancestors,
  child,
  children,
  isFunction,
  pathOf,
  textField,
  unwrap,
} from "../syntax/nodes.js";
import { textOf } from "../syntax/text.js";

const methods = new Set([
  "get",
  "set",
  "setex",
  "psetex",
  "setnx",
  "getset",
  "mget",
  "wrap",
  "getOrSet",
  "put",
  "match",
]);
const caches = /^(redis|cache|kv|memcached|lru)$|(Redis|Cache)$/;

interface Options {
  readonly words: readonly string[];
  readonly sharedKeys: readonly string[];
  readonly scoped: readonly string[];
}

export const noUnkeyedCache = defineRule<Options>({
  description: "Require the tenant in the keys of caches",
  messages: {
    key: "The key {{key}} of {{cache}} holds no tenant: what one tenant puts there the next one gets. Put the tenant's id into it, use tenantry.cache, or begin it with one of: {{shared}}.",
    map: "{{cache}} outlives the request, and its key holds no tenant. Put the tenant's id into the key.",
    framework:
      "unstable_cache() is keyed by its arguments and key parts alone, and none is the tenant. Pass the tenant's id as an argument.",
  },
  options: { words: strings, sharedKeys: strings, scoped: strings },
  defaults: {
    words: tenantWords,
    /** Keys that begin so are for all tenants on purpose. */
    sharedKeys: ["global:", "public:", "shared:"],
    /** Receivers that put the tenant into the key themselves. */
    scoped: ["tenantry.cache", "tenantCache", "this.tenantry.cache"],
  },
  create(context, options) {
    const maps = new Set<string>();
    return {
      VariableDeclarator(node) {
        if (isModuleMap(node)) maps.add(textField(child(node, "id"), "name") ?? "");
      },
      CallExpression(node) {
        const path = pathOf(child(node, "callee"));
        if (path.at(-1) === "unstable_cache") return checkFramework(node, context, options);
        if (path.length < 2 || !methods.has(path.at(-1)!)) return;
        const receiver = path.slice(0, -1);
        if (options.scoped.includes(receiver.join("."))) return;
        const [key] = children(node, "arguments");
        if (key === undefined || mentionsTenant(key, options.words)) return;
        if (receiver.length === 1 && maps.has(receiver[0]!))
          return checkMap(node, receiver[0]!, context);
        if (caches.test(receiver.at(-1) ?? "")) checkKey(key, receiver.join("."), context, options);
      },
    };
  },
});

/** `const projectCache = new Map()` outside of every function. */
function isModuleMap(node: AstNode): boolean {
  const name = textField(child(node, "id"), "name") ?? "";
  const made = child(node, "init");
  if (!/cache|memo/i.test(name) || made?.type !== "NewExpression") return false;
  if (!/^(Map|LRUCache|LRU|NodeCache)$/.test(pathOf(child(made, "callee")).at(-1) ?? ""))
    return false;
  return ![...ancestors(node)].some(isFunction);
}

function checkMap(node: AstNode, cache: string, context: RuleContext): void {
  if ([...ancestors(node)].some(isFunction))
    context.report({ node, messageId: "map", data: { cache } });
}

/** A key that is a variable may hold the tenant: only what can be read is judged. */
function checkKey(key: AstNode, cache: string, context: RuleContext, options: Options): void {
  const text = textOf(key);
  if (text === undefined || options.sharedKeys.some((start) => text.parts[0]!.startsWith(start)))
    return;
  if (
    text.parts
      .join(" ")
      .match(/\w+/g)
      ?.some((word) => speaksOfTenant(word, options.words)) === true
  ) {
    // `tenant:${id}:…` says it in words.
    if (text.holes.length > 0) return;
  }
  const data = {
    key: JSON.stringify(text.parts.join("…")),
    cache,
    shared: options.sharedKeys.join(", "),
  };
  context.report({ node: key, messageId: "key", data });
}

function checkFramework(node: AstNode, context: RuleContext, options: Options): void {
  const [work, keys] = children(node, "arguments");
  if (work === undefined || !isFunction(unwrap(work))) return;
  const named = [...children(unwrap(work), "params"), ...(keys === undefined ? [] : [keys])];
  if (named.some((each) => mentionsTenant(each, options.words))) return;
  const first = keys === undefined ? undefined : textOf(children(keys, "elements")[0] ?? keys);
  if (options.sharedKeys.some((start) => first?.parts[0]?.startsWith(start) === true)) return;
  context.report({ node, messageId: "framework" });
}
