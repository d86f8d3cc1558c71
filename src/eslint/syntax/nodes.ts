import type { AstNode } from "../rule.js";

export function isNode(value: unknown): value is AstNode {
  return typeof value === "object" && value !== null && "type" in value;
}

export function child(node: AstNode, name: string): AstNode | undefined {
  const value = (node as unknown as Readonly<Record<string, unknown>>)[name];
  return isNode(value) ? value : undefined;
}

export function children(node: AstNode, name: string): AstNode[] {
  const value = (node as unknown as Readonly<Record<string, unknown>>)[name];
  return Array.isArray(value) ? value.filter(isNode) : [];
}

export function textField(node: AstNode | undefined, name: string): string | undefined {
  const value = (node as Readonly<Record<string, unknown>> | undefined)?.[name];
  return typeof value === "string" ? value : undefined;
}

const wrappers = new Set([
  "ChainExpression",
  "TSAsExpression",
  "TSNonNullExpression",
  "TSSatisfiesExpression",
  "TSTypeAssertion",
  "TSInstantiationExpression",
  "ParenthesizedExpression",
]);

/** What stands beneath `as`, `!`, `?.` and parentheses. */
export function unwrap(node: AstNode): AstNode {
  const inner = wrappers.has(node.type) ? child(node, "expression") : undefined;
  return inner === undefined ? node : unwrap(inner);
}

/** Beneath `await` as well. */
export function awaited(node: AstNode): AstNode {
  const bare = unwrap(node);
  const inner = bare.type === "AwaitExpression" ? child(bare, "argument") : undefined;
  return inner === undefined ? bare : awaited(inner);
}

/** A key or property by its name, `x.a` and `x["a"]` alike. */
export function propertyName(node: AstNode): string | undefined {
  const property = child(node, "property") ?? child(node, "key");
  if (property === undefined) return undefined;
  const computed = (node as unknown as { readonly computed?: boolean }).computed === true;
  if (property.type === "Identifier" && !computed) return textField(property, "name");
  return property.type === "Literal" ? textField(property, "value") : undefined;
}

/**
 * The words of a chain, calls and awaits left out: `(await c.req.json()).tenant` is
 * `["c", "req", "json", "tenant"]`. A part that has no name is `""`.
 */
export function pathOf(node: AstNode | undefined): string[] {
  if (node === undefined) return [""];
  const bare = awaited(node);
  if (bare.type === "Identifier") return [textField(bare, "name") ?? ""];
  if (bare.type === "ThisExpression") return ["this"];
  if (bare.type === "CallExpression") return pathOf(child(bare, "callee"));
  if (bare.type !== "MemberExpression") return [""];
  const property = textField(child(bare, "property"), "name");
  return [...pathOf(child(bare, "object")), propertyName(bare) ?? property ?? ""];
}

const skipped = new Set(["parent", "loc", "range", "tokens", "comments", "start", "end"]);

/** Goes through a subtree, outermost first; where `visit` answers false, what is below is left out. */
export function walkNodes(node: AstNode, visit: (node: AstNode) => boolean | undefined): void {
  if (visit(node) === false) return;
  for (const [name, value] of Object.entries(node)) {
    if (skipped.has(name)) continue;
    for (const each of Array.isArray(value) ? value : [value]) {
      if (isNode(each)) walkNodes(each, visit);
    }
  }
}

export function someNode(node: AstNode, test: (node: AstNode) => boolean): boolean {
  let found = false;
  walkNodes(node, (each) => {
    found ||= test(each);
    return !found;
  });
  return found;
}

export function* ancestors(node: AstNode): Generator<AstNode> {
  for (let at = node.parent; at !== undefined && at !== null; at = at.parent) yield at;
}

export function isFunction({ type }: AstNode): boolean {
  return (
    type === "ArrowFunctionExpression" ||
    type === "FunctionExpression" ||
    type === "FunctionDeclaration"
  );
}
