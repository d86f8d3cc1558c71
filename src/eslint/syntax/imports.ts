import type { AstNode } from "../rule.js";
import { child, children, pathOf, propertyName, textField } from "./nodes.js";

export interface Imported {
  readonly module: string;
  /** `default` and `*` for the whole module. */
  readonly name: string;
}

export interface Imports {
  /** To be spread into the rule's visitor. */
  readonly visitor: Record<string, (node: AstNode) => void>;
  of(local: string): Imported | undefined;
}

/** Which module a name of this file comes from, by import or require. */
export function importsOf(): Imports {
  const found = new Map<string, Imported>();
  return {
    of: (local) => found.get(local),
    visitor: {
      ImportDeclaration(node) {
        if (textField(node, "importKind") === "type") return;
        const module = textField(child(node, "source"), "value") ?? "";
        for (const specifier of children(node, "specifiers")) {
          const local = textField(child(specifier, "local"), "name") ?? "";
          found.set(local, { module, name: importedName(specifier) });
        }
      },
      VariableDeclarator(node) {
        const call = child(node, "init");
        const id = child(node, "id");
        if (call?.type !== "CallExpression" || id === undefined || pathOf(call)[0] !== "require") {
          return;
        }
        const module = textField(children(call, "arguments")[0], "value") ?? "";
        if (id.type === "Identifier") found.set(textField(id, "name") ?? "", { module, name: "*" });
        for (const property of children(id, "properties")) {
          const local = textField(child(property, "value"), "name");
          if (local !== undefined) found.set(local, { module, name: propertyName(property) ?? "" });
        }
      },
    },
  };
}

function importedName(specifier: AstNode): string {
  if (specifier.type === "ImportDefaultSpecifier") return "default";
  if (specifier.type === "ImportNamespaceSpecifier") return "*";
  const imported = child(specifier, "imported");
  return textField(imported, "name") ?? textField(imported, "value") ?? "";
}
