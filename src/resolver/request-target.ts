/** A request target by its form (RFC 9112 §3.2). Paths are raw: nothing is decoded. */
export type RequestTarget =
  | { readonly form: "origin"; readonly path: string }
  | { readonly form: "absolute"; readonly authority: string; readonly path: string }
  | { readonly form: "asterisk" }
  | { readonly form: "malformed" };

const malformed: RequestTarget = { form: "malformed" };

/** Visible ASCII. A fragment is no part of a request target, and parsers differ on where it ends. */
const plainTarget = /^[\x21\x22\x24-\x7e]+$/;
/** The authority ends where either RFC 3986 or WHATWG ends it: `\` is WHATWG's alone. */
const absolutePattern = /^https?:\/\/([^/?\\]+)([^?]*)/i;

/**
 * Takes a request target apart. `malformed` are CONNECT's authority-form, schemes other than http
 * and https, a fragment, anything but visible ASCII, and an authority whose end two parsers would
 * see in different places.
 */
export function readTarget(target: string): RequestTarget {
  if (!plainTarget.test(target)) return malformed;
  if (target.startsWith("/")) return { form: "origin", path: beforeQuery(target) };
  if (target === "*") return { form: "asterisk" };
  const [, authority, path] = absolutePattern.exec(target) ?? [];
  if (authority === undefined || path === undefined) return malformed;
  if (path === "") return { form: "absolute", authority, path: "/" };
  return path.startsWith("/") ? { form: "absolute", authority, path } : malformed;
}

function beforeQuery(target: string): string {
  const end = target.indexOf("?");
  return end === -1 ? target : target.slice(0, end);
}
