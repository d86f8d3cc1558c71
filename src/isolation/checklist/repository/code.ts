/**
 * TypeScript with its comments and the contents of its strings blanked, so that what is left is code; every
 * character stays where it was. A `//` in a regular expression is taken for a comment.
 */
export function codeOf(text: string): string {
  return text.replace(
    /\/\/[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\[\s\S])*`/g,
    (part) => part.replace(/[^\n]/g, " "),
  );
}

/** What a file imports by name or path, statically, dynamically or by require(). */
export function importsOf(text: string): ReadonlySet<string> {
  const code = codeOf(text);
  const found = text.matchAll(/\b(?:from|import|require)\s*\(?\s*(["'])([^"'\n]+)\1/g);
  return new Set(
    Array.from(found)
      // One that stands in a comment or a string is blank in the code.
      .filter(({ index }) => code[index] !== " ")
      .map(([, , name]) => name!),
  );
}

export function lineOf(text: string, index: number): number {
  return text.slice(0, index).split("\n").length;
}
