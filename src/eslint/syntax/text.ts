import type { AstNode } from "../rule.js";
import { child, children, textField, unwrap } from "./nodes.js";

/** Text with holes: `parts` has one more than `holes`. */
export interface Text {
  readonly parts: readonly string[];
  readonly holes: readonly AstNode[];
}

/** A string, a template or a sum of such; undefined: nothing that can be read. */
export function textOf(node: AstNode): Text | undefined {
  const bare = unwrap(node);
  if (bare.type === "Literal") {
    const value = textField(bare, "value");
    return value === undefined ? undefined : { parts: [value], holes: [] };
  }
  if (bare.type === "TemplateLiteral") {
    return { parts: children(bare, "quasis").map(cooked), holes: children(bare, "expressions") };
  }
  if (bare.type !== "BinaryExpression" || textField(bare, "operator") !== "+") return undefined;
  return sumOf(child(bare, "left"), child(bare, "right"));
}

function sumOf(left: AstNode | undefined, right: AstNode | undefined): Text | undefined {
  if (left === undefined || right === undefined) return undefined;
  const [a, b] = [textOf(left), textOf(right)];
  // Of a number's sum nothing is known to be text.
  if (a === undefined && b === undefined) return undefined;
  const first = a ?? { parts: ["", ""], holes: [left] };
  const second = b ?? { parts: ["", ""], holes: [right] };
  const seam = (first.parts.at(-1) ?? "") + (second.parts[0] ?? "");
  return {
    parts: [...first.parts.slice(0, -1), seam, ...second.parts.slice(1)],
    holes: [...first.holes, ...second.holes],
  };
}

function cooked(quasi: AstNode): string {
  const { value } = quasi as unknown as { readonly value?: { readonly cooked?: string | null } };
  return value?.cooked ?? "";
}
