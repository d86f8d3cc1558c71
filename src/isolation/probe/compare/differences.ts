import { jsonOf, type Answer } from "../http/message.js";
import { differingPaths, leavesOf } from "./leaves.js";
import { withoutIds } from "./normalise.js";

/** An answer, and the ids that its request named. */
export interface Asked {
  readonly answer: Answer;
  readonly ids: readonly string[];
}

/** Of the moment, not of the thing asked for. */
const momentary = new Set([
  "date",
  "age",
  "expires",
  "content-length",
  "connection",
  "keep-alive",
  "server-timing",
]);

/**
 * What tells the answer to a foreign id from those to two ids that never existed. Whatever differs between
 * these two is noise, and is not looked at.
 */
export function differences(foreign: Asked, missing: Asked, another: Asked): readonly string[] {
  const { status } = foreign.answer;
  if (status !== missing.answer.status) {
    return missing.answer.status === another.answer.status
      ? [`status ${status} instead of ${missing.answer.status}`]
      : [];
  }
  return [
    ...headerDifferences(foreign, missing, another),
    ...bodyDifferences(foreign, missing, another),
  ];
}

function headerDifferences(foreign: Asked, missing: Asked, another: Asked): readonly string[] {
  const [ofForeign, ofMissing, ofAnother] = [
    headersOf(foreign),
    headersOf(missing),
    headersOf(another),
  ] as const;
  const names = [...new Set([...ofForeign.keys(), ...ofMissing.keys()])].filter(
    (name) => !momentary.has(name),
  );
  return names.flatMap((name) => {
    if (ofMissing.has(name) !== ofAnother.has(name)) return [];
    if (ofForeign.has(name) !== ofMissing.has(name))
      return [`header ${name} ${ofForeign.has(name) ? "only for it" : "missing for it"}`];
    if (ofMissing.get(name) !== ofAnother.get(name) || ofForeign.get(name) === ofMissing.get(name))
      return [];
    return [`another value of the header ${name}`];
  });
}

function headersOf({ answer, ids }: Asked): ReadonlyMap<string, string> {
  return new Map([...answer.headers].map(([name, value]) => [name, withoutIds(value, ids)]));
}

function bodyDifferences(foreign: Asked, missing: Asked, another: Asked): readonly string[] {
  const [a, b, c] = [bodyOf(foreign), bodyOf(missing), bodyOf(another)] as const;
  if (a === b) return [];
  if (b === c) return [`another body (${a.length} characters instead of ${b.length})`];
  const [x, y, z] = [a, b, c].map((text) => jsonOf({ text })) as [unknown, unknown, unknown];
  // Text that varies by itself: only its length can be held against it.
  if (x === undefined || y === undefined)
    return b.length === c.length && a.length !== b.length ? ["a body of another length"] : [];
  const noise = new Set(differingPaths(leavesOf(y), leavesOf(z)));
  const paths = differingPaths(leavesOf(x), leavesOf(y)).filter((path) => !noise.has(path));
  return paths.length === 0 ? [] : [`another body (at ${paths.slice(0, 3).join(", ")})`];
}

function bodyOf({ answer, ids }: Asked): string {
  return withoutIds(answer.text, ids);
}
