/** A path encoded more often than this is nobody's honest path. */
const mostRounds = 4;

/**
 * The path as the most obliging router could see it: percent-decoded until nothing changes, `\`
 * read as `/`, empty segments dropped, lower case. Only ever compared with the raw path, never used
 * in its place.
 * @returns null where there is no such single reading: for a path encoded many times over, with
 * encoded control characters (some parsers drop them), or with dot segments, however encoded
 * (where `..` leads depends on what was decoded before)
 */
export function obligingReading(path: string): string | null {
  const decoded = decodeFully(path);
  if (decoded === null || /[\0-\x1f\x7f]/.test(decoded)) return null;
  if (hasDotSegment(decoded)) return null;
  const segments = decoded.toLowerCase().split(/[/\\]/);
  return `/${segments.filter((segment) => segment !== "").join("/")}`;
}

/** `?` and `#` end a segment too, for whoever parses a path as a URL after decoding it. */
function hasDotSegment(decoded: string): boolean {
  return decoded.split(/[/\\?#]/).some((segment) => segment === "." || segment === "..");
}

/** Byte by byte: what is not ASCII plays no part in a prefix or a slug. */
function decodeFully(path: string): string | null {
  let text = path;
  for (let round = 0; round < mostRounds; round += 1) {
    const decoded = text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
    if (decoded === text) return text;
    text = decoded;
  }
  return null;
}
