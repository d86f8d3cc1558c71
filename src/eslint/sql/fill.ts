import { parseSql, type Node } from "../../isolation/sql/parse.js";

export interface Filled {
  readonly statements: readonly Node[];
  /** Whether a hole stands for a piece of SQL and not for a value: what it says is not known. */
  readonly hasFragments: boolean;
}

/** What a hole may stand for: a value, a name, or a piece of SQL. */
const fillings = [(index: number) => ` $${index + 1} `, () => ' "?" ', () => " "];
const mostTries = 24;

/**
 * Parses a text with holes. Each hole is first taken for a value; where the parser stops, the hole
 * before that place is taken for something else. Undefined: no way of filling them parses.
 */
export function parseWithHoles(parts: readonly string[]): Filled | undefined {
  const kinds = parts.slice(1).map(() => 0);
  for (let tries = 0; tries < mostTries; tries += 1) {
    const { text, starts } = fill(parts, kinds);
    const parsed = parseSql(text);
    if (!("problem" in parsed)) {
      const statements = parsed.statements.map(({ node }) => node);
      return { statements, hasFragments: kinds.some((kind) => kind > 0) };
    }
    const change = starts.findLastIndex(
      (start, index) => start <= parsed.position && kinds[index]! < fillings.length - 1,
    );
    if (change === -1) return undefined;
    kinds[change] = kinds[change]! + 1;
  }
  return undefined;
}

function fill(parts: readonly string[], kinds: readonly number[]) {
  let text = parts[0] ?? "";
  const starts: number[] = [];
  kinds.forEach((kind, index) => {
    starts.push(text.length);
    text += fillings[kind]!(index) + (parts[index + 1] ?? "");
  });
  return { text, starts };
}

/** `?` and `:name`, as other drivers write parameters; those inside of quotes stay. */
export function otherParameters(parts: readonly string[]): string[] {
  let count = parts.length;
  return parts.map((part) =>
    part.replace(/'(?:[^']|'')*'|"[^"]*"|::\w+|:[A-Za-z_]\w*|\?(?![|&?])/g, (found) =>
      /^\?$|^:[A-Za-z_]/.test(found) ? `$${(count += 1)}` : found,
    ),
  );
}
