import type { DatabaseFunction } from "../../catalog/functions.js";
import type { Relation } from "../../catalog/relation.js";
import { parsePlpgsql } from "../../sql/plpgsql.js";
import { parseSql, type Node } from "../../sql/parse.js";
import { walk, wordsOf } from "../../sql/walk.js";
import type { Subject } from "../../subject/subject.js";
import { isNamed } from "./context.js";

/** What a function does, as far as its text tells. */
export interface Body {
  readonly nodes: readonly Node[];
  /** Texts that are put together and run: nobody can say beforehand what they touch. */
  readonly executed: readonly Node[];
}

/** Undefined where the language is another, or the text cannot be read. */
export function bodyOf({ language, source, declaration }: DatabaseFunction): Body | undefined {
  if (language === "plpgsql") return declaration === null ? undefined : parsePlpgsql(declaration);
  if (language !== "sql") return undefined;
  const parsed = parseSql(source);
  if ("problem" in parsed) return undefined;
  return { nodes: parsed.statements.map(({ node }) => node), executed: [] };
}

/** Every function call in it, with the words of its name. */
export function callsIn(nodes: readonly Node[]): readonly Call[] {
  const calls: Call[] = [];
  walk(nodes, (kind, value) => {
    if (kind !== "FuncCall") return undefined;
    const { funcname, args } = value as { funcname?: Node[]; args?: Node[] };
    calls.push({ words: wordsOf(funcname), args: args ?? [] });
    return undefined;
  });
  return calls;
}

export interface Call {
  readonly words: readonly string[];
  readonly args: readonly Node[];
}

/** The tables and views that statements name; where the schema is left out, all of that name. */
export function relationsIn(subject: Subject, nodes: readonly Node[]): readonly Relation[] {
  const local = new Set<string>();
  const named: { schema: string | undefined; name: string }[] = [];
  walk(nodes, (kind, value) => {
    if (kind === "CommonTableExpr") local.add(String(value["ctename"]));
    if ("relname" in value) named.push(nameIn(value));
    // INSERT, UPDATE and DELETE hold their table without the wrapping of a node.
    const target = value["relation"];
    if (typeof target === "object" && target !== null && "relname" in target) {
      named.push(nameIn(target));
    }
    return undefined;
  });
  return [...subject.catalog.relations.values()].filter(
    (relation) =>
      relation.kind !== "sequence" &&
      named.some(
        ({ schema, name }) =>
          relation.name === name &&
          (schema === undefined ? !local.has(name) : relation.schema === schema),
      ),
  );
}

/** The functions of the database that a body calls. */
export function functionsIn(subject: Subject, nodes: readonly Node[]): readonly DatabaseFunction[] {
  const calls = callsIn(nodes);
  return [...subject.catalog.functions.values()].filter((routine) =>
    calls.some(({ words }) => isNamed(`${routine.schema}.${routine.name}`, words)),
  );
}

function nameIn(value: Record<string, unknown>) {
  const { schemaname, relname } = value as { schemaname?: string; relname: string };
  return { schema: schemaname, name: relname };
}
