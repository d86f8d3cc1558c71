/**
 * The first `count` bare words of a statement, upper case. Comments (nested ones too), white space,
 * opening brackets and stray semicolons before and between them are passed over, as PostgreSQL's
 * lexer does; a quote or any other sign ends the list.
 */
export function leadingWords(text: string, count: number): string[] {
  const words: string[] = [];
  let at = 0;
  while (words.length < count) {
    at = skipBlank(text, at);
    const word = /^[A-Za-z_][A-Za-z0-9_.$]*/.exec(text.slice(at, at + 128));
    if (word === null) break;
    words.push(word[0].toUpperCase());
    at += word[0].length;
  }
  return words;
}

function skipBlank(text: string, from: number): number {
  let at = from;
  for (;;) {
    const sign = text[at];
    if (sign === undefined) return at;
    if (/[\s(;,=]/.test(sign)) at += 1;
    else if (sign === "-" && text[at + 1] === "-") at = endOfLine(text, at);
    else if (sign === "/" && text[at + 1] === "*") at = endOfBlockComment(text, at);
    else return at;
  }
}

function endOfLine(text: string, from: number): number {
  const end = /[\r\n]/.exec(text.slice(from));
  return end === null ? text.length : from + end.index;
}

function endOfBlockComment(text: string, from: number): number {
  let depth = 0;
  const signs = /\/\*|\*\//g;
  signs.lastIndex = from;
  for (let sign = signs.exec(text); sign !== null; sign = signs.exec(text)) {
    depth += sign[0] === "/*" ? 1 : -1;
    if (depth === 0) return signs.lastIndex;
  }
  return text.length;
}

/** A BEGIN that says nothing more, so that PostgreSQL cannot refuse it. */
export function isPlainBegin(text: string): boolean {
  return /^\s*(?:begin(?:\s+(?:work|transaction))?|start\s+transaction)\s*;?\s*$/i.test(text);
}
