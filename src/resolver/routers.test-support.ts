import { posix } from "node:path";
import fc from "fast-check";

/** What different routers, proxies and frameworks make of a raw path before they match it. */
export const routerReadings: readonly ((path: string) => string)[] = [
  (path) => path,
  (path) => path.toLowerCase(),
  (path) => new URL(`http://h${path}`).pathname,
  (path) => (URL.canParse(path, "http://h") ? new URL(path, "http://h").pathname : path),
  (path) => decodeURIComponent(path),
  (path) => decodeURIComponent(decodeURIComponent(path)),
  (path) => decodeURIComponent(new URL(`http://h${path}`).pathname),
  (path) => new URL(`http://h${decodeURIComponent(path)}`).pathname,
  (path) => posix.normalize(path),
  (path) => posix.normalize(decodeURIComponent(path)),
  (path) => posix.normalize(path.replaceAll("\\", "/")),
  (path) => path.replace(/\/{2,}/g, "/"),
  (path) =>
    decodeURIComponent(path)
      .replace(/[/\\]+/g, "/")
      .toLowerCase(),
];

/** Every reading that does not throw; one that throws answers 400 and routes nowhere. */
export function readingsOf(path: string): readonly string[] {
  return routerReadings.flatMap((read) => {
    try {
      return [read(path)];
    } catch {
      return [];
    }
  });
}

/** Paths, half of them under `start`, that mix plain segments with all that routers differ on. */
export function hostilePaths(start: string, segments: readonly string[]): fc.Arbitrary<string> {
  const piece = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...segments) },
    { weight: 5, arbitrary: fc.constant("/") },
    {
      weight: 4,
      arbitrary: fc.constantFrom(
        ...["//", "\\", "..", ".", "/../", "/./", "%2e%2e", ".%2E", "%2f", "%2F", "%5c", "%252e"],
        ...[
          "%252f",
          "%25252f",
          "%",
          "%zz",
          "%00",
          ";",
          "%23",
          "%3f",
          "..;",
          "~",
          "*",
          "%74",
          "%54",
        ],
      ),
    },
  );
  const hostile = fc.array(piece, { maxLength: 10 }).map((pieces) => `/${pieces.join("")}`);
  return fc.oneof(
    hostile,
    hostile.map((path) => `${start}${path}`),
  );
}
