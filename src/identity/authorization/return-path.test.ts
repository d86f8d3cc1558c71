import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hostileReturnPaths } from "./hostile.test-support.js";
import { longestReturnPath, safeReturnPath } from "./return-path.js";

const origin = "https://t.example";

describe("the path to go back to", () => {
  it.each([
    "/",
    "/projects",
    "/projects/42/?tab=open&q=a%20b%0Ac#row-7",
    "/@alice",
    "/a//b",
    "/search?next=https://elsewhere.example/",
    "/m%C3%BCnchen",
    `/${"a".repeat(longestReturnPath - 1)}`,
  ])("is %s where that was asked for", (path) => {
    expect(safeReturnPath(path)).toBe(path);
  });

  it.each(hostileReturnPaths)("is / for %s", (_, value) => {
    expect(safeReturnPath(value)).toBe("/");
  });

  const piece = fc.constantFrom(
    ...["/", "//", "\\", "\t", "\n", "\r", "\0", " ", ".", "..", "@", ":", "?", "#", "%"],
    ...["%2f", "%5c", "%09", "%2e", "https:", "javascript:", "evil.example", "a", "ü", "\u3002"],
  );
  const anything = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join("")),
    fc.array(piece, { maxLength: 8 }).map((pieces) => `/${pieces.join("")}`),
    fc.webUrl(),
    fc.anything(),
  );

  it("stays on its host, whatever was asked for", () => {
    fc.assert(
      fc.property(anything, (value) => {
        const path = safeReturnPath(value);
        expect(new URL(path, origin).origin).toBe(origin);
        expect(new URL(path, origin).href).toBe(origin + path);
        expect(new URL(`${origin}${path}`).host).toBe("t.example");
        // What is behind may resolve it against a path of its own, or decode it once more.
        expect(new URL(path, `${origin}/a/b?c#d`).origin).toBe(origin);
        expect(path).toMatch(/^\/(?![/\\])/);
        expect(decodeURIComponent(safely(path))).toMatch(/^\/(?![/\\])/);
      }),
      { numRuns: 20_000 },
    );
  });

  it("is the same when it is asked for again", () => {
    fc.assert(
      fc.property(anything, (value) => {
        expect(safeReturnPath(safeReturnPath(value))).toBe(safeReturnPath(value));
      }),
    );
  });
});

/** Without what decodeURIComponent throws at. */
function safely(path: string): string {
  return path.replace(/%(?![0-9a-f]{2})/gi, "%25").replace(/%[89a-f][0-9a-f]/gi, "x");
}
