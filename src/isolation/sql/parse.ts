import { hasSqlDetails, loadModule, parseSync, type Node, type RawStmt } from "libpg-query";
import { remembered } from "./remembered.js";

export type { Node };

/** PostgreSQL's own parser, compiled to WebAssembly; loaded once, about 40 ms. */
await loadModule();

export interface Statement {
  readonly node: Node;
  /** Where it begins and ends in the text, in UTF-16 code units. */
  readonly start: number;
  readonly end: number;
}

export type Parsed =
  | { readonly statements: readonly Statement[] }
  | { readonly problem: string; readonly position: number };

/** Reads any number of statements; what is no SQL of PostgreSQL's comes back as a problem. */
export function parseSql(text: string): Parsed {
  try {
    const { stmts = [] } = parseSync(text);
    const toCodeUnits = offsetsOf(text);
    return { statements: stmts.flatMap((raw) => statementOf(raw, text, toCodeUnits)) };
  } catch (error) {
    const position = hasSqlDetails(error) ? (error.sqlDetails?.cursorPosition ?? 0) : 0;
    return { problem: (error as Error).message, position };
  }
}

/** A lone expression, as the catalogs give it; undefined where it cannot be read. Not to be changed: it is kept. */
export const parseExpression = remembered((text: string): Node | undefined => {
  const parsed = parseSql(`select ${text}`);
  if ("problem" in parsed) return undefined;
  const [statement] = parsed.statements;
  if (statement === undefined || !("SelectStmt" in statement.node)) return undefined;
  const [target] = statement.node.SelectStmt.targetList ?? [];
  return target !== undefined && "ResTarget" in target ? target.ResTarget.val : undefined;
});

function statementOf(raw: RawStmt, text: string, toCodeUnits: (byte: number) => number) {
  if (raw.stmt === undefined) return [];
  const start = toCodeUnits(raw.stmt_location ?? 0);
  const end = raw.stmt_len ? toCodeUnits((raw.stmt_location ?? 0) + raw.stmt_len) : text.length;
  return [{ node: raw.stmt, start, end }];
}

/** The parser counts bytes of UTF-8. */
function offsetsOf(text: string): (byte: number) => number {
  const bytes = Buffer.from(text, "utf8");
  if (bytes.length === text.length) return (byte) => byte;
  return (byte) => bytes.toString("utf8", 0, byte).length;
}
