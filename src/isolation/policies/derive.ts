import type { Node } from "../sql/parse.js";
import type { Value } from "./atom.js";
import { all } from "./formula.js";
import type { Possible, Scope } from "./range.js";

/** Combinations beyond this many are one value that is not understood. */
const mostCombinations = 32;

/** What PostgreSQL's own operators and functions make of their arguments. */
export function derive(text: string, parts: readonly Node[], scope: Scope): readonly Possible[] {
  let combinations: { readonly values: readonly Value[]; readonly given: Possible["given"] }[] = [
    { values: [], given: all([]) },
  ];
  for (const part of parts) {
    const found = scope.analysis.readers.values(part, scope);
    combinations = combinations.flatMap((left) =>
      found.map(({ value, given }) => ({
        values: [...left.values, value],
        given: all([left.given, given]),
      })),
    );
    if (combinations.length > mostCombinations) {
      return [{ value: { kind: "opaque", text, columns: true }, given: all([]) }];
    }
  }
  return combinations.map(({ values, given }) => ({ value: combine(text, values), given }));
}

function combine(text: string, values: readonly Value[]): Value {
  const opaque = values.filter((value) => value.kind === "opaque");
  const columns = values.filter((value) => value.kind === "column");
  const contexts = values.filter((value) => value.kind === "context");
  const usesColumns =
    columns.length > 0 || values.some((value) => "columns" in value && value.columns);
  if (opaque.length > 0) return { kind: "opaque", text, columns: usesColumns };
  if (columns.length === 1 && contexts.length === 0) {
    return { ...columns[0]!, text, lossy: text, cast: text };
  }
  if (usesColumns) return { kind: "computed", text, columns: true };
  if (contexts.length === 0) return { kind: "computed", text, columns: false };
  return {
    kind: "context",
    text,
    sources: contexts.flatMap(({ sources }) => sources),
    emptyIsNull: contexts.every(({ emptyIsNull }) => emptyIsNull),
  };
}
