import type { DatabaseFunction } from "../../catalog/functions.js";
import { isBoundStatement } from "../../policies/index.js";
import type { Node } from "../../sql/parse.js";
import { walk, wordsOf } from "../../sql/walk.js";
import type { Subject } from "../../subject/subject.js";
import { relationsIn } from "./body.js";
import { mentionsContext } from "./context.js";

/** Stands in a statement for what is the acting tenant's: of the row that is written, or a variable. */
const trusted = "acting.tenant";
const stand: Node = {
  FuncCall: { funcname: trusted.split(".").map((sval) => ({ String: { sval } })) },
};

/**
 * Whether a statement of a function's body compares the rows that it touches with the acting tenant, or
 * with the row that is written. A variable counts as the tenant's where the body asks for the tenant.
 */
export function isGuarded(
  subject: Subject,
  routine: DatabaseFunction,
  body: readonly Node[],
  statement: Node,
): boolean {
  const owner = subject.catalog.roles.get(routine.owner);
  if (owner === undefined) return false;
  const asksTenant = mentionsContext(subject, body);
  const isTrusted = (words: readonly string[]) =>
    isOfRow(words) || (asksTenant && isVariable(subject, routine, words));
  const touching = statementsIn(subject, withStands(statement, isTrusted));
  return (
    touching.length > 0 &&
    touching.every(
      (each) => isBoundStatement(each, owner, subject, trusted) || writesTenant(subject, each),
    )
  );
}

/** The outermost statements that name a table in their own FROM, or write to one. */
function statementsIn(subject: Subject, node: Node): readonly Node[] {
  const found: Node[] = [];
  walk([node], (kind, value) => {
    const isStatement = /^(Update|Delete|Insert|Merge)Stmt$/.test(kind);
    if (!isStatement && !(kind === "SelectStmt" && readsTable(subject, value))) return undefined;
    found.push({ [kind]: value } as unknown as Node);
    return false;
  });
  return found;
}

function readsTable(subject: Subject, select: Record<string, unknown>): boolean {
  const sides = [select["larg"], select["rarg"]].filter((side) => side !== undefined);
  if (sides.length > 0) {
    return sides.some((side) => readsTable(subject, side as Record<string, unknown>));
  }
  const own: Node[] = [];
  walk(select["fromClause"], (kind, value) => {
    if (kind === "RangeVar") own.push({ RangeVar: value });
    return kind !== "RangeSubselect" && kind !== "SubLink";
  });
  const local = new Set<unknown>();
  walk(select["withClause"], (kind, value) => {
    if (kind === "CommonTableExpr") local.add(value["ctename"]);
    return undefined;
  });
  return relationsIn(subject, own).some(({ name }) => !local.has(name));
}

/** An INSERT that takes the tenant from the context, or from the row that is written. */
function writesTenant(subject: Subject, statement: Node): boolean {
  if (!("InsertStmt" in statement)) return false;
  const { selectStmt } = statement.InsertStmt;
  let found = mentionsContext(subject, selectStmt);
  walk([selectStmt], (kind, value) => {
    if (kind === "FuncCall") found ||= wordsOf(value["funcname"] as Node[]).join(".") === trusted;
    return kind !== "SubLink";
  });
  return found;
}

/** The statement with the trusted names taken out. */
function withStands(node: Node, isTrusted: (words: readonly string[]) => boolean): Node {
  const replaced = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(replaced);
    if (typeof value !== "object" || value === null) return value;
    if ("ColumnRef" in value) {
      const { fields } = value.ColumnRef as { fields?: Node[] };
      return isTrusted(wordsOf(fields)) ? stand : value;
    }
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, replaced(part)]));
  };
  return replaced(node) as Node;
}

/** `new.tenant_id` or `old.tenant_id` of a trigger. */
function isOfRow(words: readonly string[]): boolean {
  return words.length > 1 && /^(new|old)$/i.test(words[0]!);
}

/** A bare name that is neither an argument nor a column. */
function isVariable(
  subject: Subject,
  { arguments: types }: DatabaseFunction,
  [name, ...more]: readonly string[],
): boolean {
  const given = types.split(",").map((each) => each.trim().split(" ")[0]);
  if (more.length > 0 || given.includes(name)) return false;
  return ![...subject.tables.values()].some(({ relation }) =>
    relation.columns.some((column) => column.name === name),
  );
}
