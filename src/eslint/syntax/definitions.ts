import type { AstNode, Definition, NameScope, RuleContext } from "../rule.js";
import { ancestors, child, children, propertyName, textField } from "./nodes.js";

/** Where a name that is used at `node` was made; undefined: elsewhere, or in several places. */
export function definitionOf(
  name: string,
  node: AstNode,
  { sourceCode }: RuleContext,
): Definition | undefined {
  const scopes = sourceCode as { getScope(node: AstNode): NameScope };
  let scope: NameScope | null = scopes.getScope(node);
  for (; scope !== null; scope = scope.upper) {
    const found = scope.set.get(name);
    if (found !== undefined) return found.defs.length === 1 ? found.defs[0] : undefined;
  }
  return undefined;
}

/** What `this.name` is declared as in the class around `node`: a field, or a parameter property. */
export function memberOf(name: string, node: AstNode): AstNode | undefined {
  const body = [...ancestors(node)].find(({ type }) => type === "ClassBody");
  for (const member of body === undefined ? [] : children(body, "body")) {
    if (member.type === "PropertyDefinition" && propertyName(member) === name) return member;
    if (propertyName(member) !== "constructor") continue;
    for (const parameter of children(child(member, "value") ?? member, "params")) {
      const named = parameter.type === "TSParameterProperty" ? child(parameter, "parameter") : null;
      if (named != null && textField(named, "name") === name) return named;
    }
  }
  return undefined;
}

/** The module and the name there of what an import brings; `default` and `*` for the whole. */
export function importedBy({ type, node, parent }: Definition) {
  if (type !== "ImportBinding" || parent == null) return undefined;
  const imported = child(node, "imported");
  const whole = node.type === "ImportNamespaceSpecifier" ? "*" : "default";
  return {
    module: textField(child(parent, "source"), "value") ?? "",
    name: textField(imported, "name") ?? textField(imported, "value") ?? whole,
  };
}
