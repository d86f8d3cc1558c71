/** Longest path to go back to, in characters: it travels in a cookie. */
export const longestReturnPath = 1024;

/** Any host will do: what counts is that the path stays there. */
const anyOrigin = "https://t.example";

/** A server behind that decodes once more would see another path, or a line break. */
const hiddenInPath = /%(?:[01][0-9a-f]|7f|2f|5c)/i;

/**
 * Where to go after a sign-in: a path on the same host, with its query and fragment. `/` in place of
 * anything else; nothing is mended, so a path that the URL Standard would write otherwise (`/a/../b`,
 * a tab, a backslash, a space, other than ASCII) is not taken either.
 */
export function safeReturnPath(value: unknown): string {
  return isSafe(value) ? value : "/";
}

function isSafe(value: unknown): value is string {
  if (typeof value !== "string" || value.length > longestReturnPath) return false;
  // One slash and no second: `//host` and `/\host` are other hosts to a browser.
  if (!/^\/(?![/\\])[\x21-\x7e]*$/.test(value) || value.includes("\\")) return false;
  if (hiddenInPath.test(value.split(/[?#]/, 1)[0]!)) return false;
  const url = new URL(value, anyOrigin);
  return url.origin === anyOrigin && url.href === anyOrigin + value;
}
