import type { AstNode } from "../rule.js";
import { textOf } from "../syntax/text.js";

const beginning =
  /^\s*(?:--.*\n\s*|\/\*[^]*?\*\/\s*)*(?:select|insert|update|delete|with|merge|truncate)\s/i;

export function isStatement(text: string): boolean {
  return beginning.test(text);
}

export function looksLikeSql(node: AstNode): boolean {
  return isStatement(textOf(node)?.parts[0] ?? "");
}
