/** Takes out of a text what merely repeats what was asked for. */
export function withoutIds(text: string, ids: readonly string[]): string {
  return spellings(ids).reduce((kept, id) => replaceAll(kept, id), text);
}

/** Longest first, so that no id hides within another. Those too short to be told from other text are kept. */
function spellings(ids: readonly string[]): readonly string[] {
  const all = ids.flatMap((id) => [id, encodeURIComponent(id), id.toLowerCase(), id.toUpperCase()]);
  return [...new Set(all)].filter((id) => id.length > 0).sort((a, b) => b.length - a.length);
}

/** A number is replaced only where it stands alone. */
function replaceAll(text: string, id: string): string {
  if (!/^\d+$/.test(id)) return text.replaceAll(id, "<id>");
  return text.replace(new RegExp(`(?<!\\d)${id}(?!\\d)`, "g"), "<id>");
}
