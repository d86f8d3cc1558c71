const dollarTag = /\$(?:[\p{L}_][\p{L}\p{N}_]*)?\$/uy;
const partOfWord = /[\p{L}\p{N}_$]/u;

/** Where the string, quoted name or dollar-quoted body that begins at `at` ends; undefined: none does. */
export function endOfQuoted(text: string, at: number): number | undefined {
  const character = text[at];
  if (character === "'") return endOfString(text, at);
  if (character === '"') return endAfter(text, '"', at + 1);
  if (character !== "$" || partOfWord.test(text[at - 1] ?? "")) return undefined;
  dollarTag.lastIndex = at;
  const [tag] = dollarTag.exec(text) ?? [];
  return tag === undefined ? undefined : endAfter(text, tag, at + tag.length);
}

/** A doubled quote reads as two strings side by side, which end at the same place. */
function endOfString(text: string, at: number): number {
  const escapes = /^[eE]$/.test(text[at - 1] ?? "") && !partOfWord.test(text[at - 2] ?? "");
  if (!escapes) return endAfter(text, "'", at + 1);
  const rest = /(?:[^'\\]|\\[^])*'/y;
  rest.lastIndex = at + 1;
  return rest.exec(text) === null ? text.length : rest.lastIndex;
}

function endAfter(text: string, mark: string, from: number): number {
  const end = text.indexOf(mark, from);
  return end === -1 ? text.length : end + mark.length;
}
