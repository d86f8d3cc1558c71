import { parseSql, type Node } from "../sql/parse.js";
import { parsePlpgsql, type PlpgsqlBody } from "../sql/plpgsql.js";
import { remembered } from "../sql/remembered.js";
import type { DatabaseFunction } from "./functions.js";

/** What a function does, as far as its text tells; `executed` is run as text that nobody can foretell. */
export type FunctionBody = PlpgsqlBody;

/** Undefined where the language is another, or the text cannot be read. */
export function bodyOf(routine: DatabaseFunction): FunctionBody | undefined {
  const { language, declaration } = routine;
  if (language === "plpgsql") return declaration === null ? undefined : parsePlpgsql(declaration);
  const nodes = language === "sql" ? statementsOf(routine) : undefined;
  return nodes === undefined ? undefined : { nodes, executed: [] };
}

/** The statements of a body in SQL; RETURN is a SELECT of what it returns. */
export function statementsOf({ source, boundBody }: DatabaseFunction): readonly Node[] | undefined {
  const nodes = parsed(source);
  return boundBody ? nodes?.flatMap(boundStatements) : nodes;
}

const parsed = remembered((source: string): readonly Node[] | undefined => {
  const found = parseSql(source);
  return "problem" in found ? undefined : found.statements.map(({ node }) => node);
});

/** Of a body that was bound when it was made the catalogs give the whole CREATE FUNCTION. */
function boundStatements(node: Node): readonly Node[] {
  const body = "CreateFunctionStmt" in node ? node.CreateFunctionStmt.sql_body : undefined;
  if (body === undefined) return [];
  if ("ReturnStmt" in body) {
    const { returnval: val } = body.ReturnStmt;
    const target: Node = { ResTarget: val === undefined ? {} : { val } };
    return [{ SelectStmt: { targetList: [target] } }];
  }
  return listed(body).flatMap(listed);
}

function listed(node: Node): readonly Node[] {
  return "List" in node ? (node.List.items ?? []) : [node];
}
