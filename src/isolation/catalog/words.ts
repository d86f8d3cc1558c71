/** `projectMembers`, `project_members` and `ProjectMember` are all `["project", "member"]` at the end of singular(). */
export function wordsOf(identifier: string): readonly string[] {
  return identifier
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/([A-Z]+)([A-Z][a-z])/g, "$1_$2")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "");
}

/** English well enough for tables: `companies` → `company`, `boxes` → `box`, `status` stays. */
export function singular(word: string): string {
  if (word === "people") return "person";
  if (/[^aeiou]ies$/.test(word)) return `${word.slice(0, -3)}y`;
  if (/(ss|x|ch|sh|z)es$/.test(word)) return word.slice(0, -2);
  if (/(ss|us|is)$/.test(word) || !word.endsWith("s") || word.length < 3) return word;
  return word.slice(0, -1);
}

/** What a table's or a column's name comes to, whatever its spelling and number: `projectmember`. */
export function stemOf(words: readonly string[]): string {
  const last = words.at(-1);
  return last === undefined ? "" : [...words.slice(0, -1), singular(last)].join("");
}

/** `projectId` and `project_id` name `project`; anything that does not end in an id names nothing. */
export function stemOfIdColumn(column: string): string | undefined {
  const words = wordsOf(column);
  return words.length > 1 && isIdWord(words.at(-1)!) ? stemOf(words.slice(0, -1)) : undefined;
}

/** `project_ids` names `project`. */
export function stemOfIdsColumn(column: string): string | undefined {
  const words = wordsOf(column);
  return words.length > 1 && words.at(-1) === "ids" ? stemOf(words.slice(0, -1)) : undefined;
}

function isIdWord(word: string): boolean {
  return word === "id" || word === "uuid" || word === "guid";
}
