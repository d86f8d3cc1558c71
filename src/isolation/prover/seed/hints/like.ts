/** Texts that a LIKE pattern takes. */
export function likeTexts(pattern: string): string[] {
  const fill = (any: string, one: string) =>
    pattern.replace(
      /\\(.)|%|_/gs,
      (match: string, escaped: string | undefined) => escaped ?? (match === "%" ? any : one),
    );
  return [...new Set([fill("a", "a"), fill("", "a"), fill("1", "1"), fill("aaaaaaaa", "a")])];
}
