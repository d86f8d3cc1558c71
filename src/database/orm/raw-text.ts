/**
 * Why a piece of raw SQL cannot stand inside a scoped statement unjudged, or null where it can: an
 * expression, with all its quotes and brackets closed, in which no word brings a table in.
 */
export function whyUnfit(fragments: readonly string[]): string | null {
  let depth = 0;
  for (const [at, fragment] of fragments.entries()) {
    // What stands between two fragments could make one word of both.
    if ((at > 0 && /^\w/.test(fragment)) || (at < fragments.length - 1 && /\w$/.test(fragment))) {
      return "a word touches what is put into it";
    }
    const bare = withoutQuoted(fragment);
    if (bare === null) return "it leaves a quote open";
    const sign = /--|\/\*|[;\\$]/.exec(bare);
    if (sign !== null) return `it has ${JSON.stringify(sign[0])} in it`;
    const word = tableWords.exec(bare.replace(otherFroms, " "));
    if (word !== null) return `it has the word ${word[0].toUpperCase()} in it`;
    for (const bracket of bare.match(/[()]/g) ?? []) {
      depth += bracket === "(" ? 1 : -1;
      if (depth < 0) return "it closes a bracket that it did not open";
    }
  }
  return depth === 0 ? null : "it leaves a bracket open";
}

/** FROM as a part of an expression: `is distinct from`, `extract(epoch from …)`. */
const otherFroms =
  /\bis\s+(?:not\s+)?distinct\s+from\b|(?<=\b(?:extract|trim|substring|overlay)\s*\([\w\s.]*)\bfrom\b/gi;

/** Words that bring rows of a table into an expression, or begin a statement. */
const tableWords =
  /\b(?:select|from|join|table|with|into|insert|update|delete|merge|truncate|union|intersect|except|using|copy|call|do|execute)\b/i;

/**
 * The text without what stands in quotes; null where a quote is left open. A backslash is left for
 * the caller to find: in an E'…' literal it would hide a quote.
 */
function withoutQuoted(text: string): string | null {
  let closed = true;
  const bare = text.replace(/'(?:[^'\\]|'')*'|"(?:[^"]|"")*"|['"]/g, (quoted) => {
    if (quoted.length === 1) closed = false;
    return " ";
  });
  return closed ? bare : null;
}
