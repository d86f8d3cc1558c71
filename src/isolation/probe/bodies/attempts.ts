import type { Route } from "../routes/route.js";
import { bodyLike, freshen, namedIn, valueFor } from "./guess.js";
import { synthesise, type Source } from "./synthesise.js";

export interface Hints {
  /** From the identity's file. */
  readonly given?: unknown;
  /** The plain values of a record of the kind that was seen. */
  readonly seen?: Readonly<Record<string, string>>;
}

/** Bodies to try, the likeliest first. */
export function bodiesFor({ body }: Route, hints: Hints, source: Source): readonly unknown[] {
  const { schema = null, example } = body ?? {};
  const tries = [
    ...(hints.given === undefined ? [] : [freshen(hints.given, source)]),
    ...(schema === null
      ? []
      : [synthesise(schema, "", source), synthesise(schema, "", { ...source, sparse: true })]),
    ...(example === undefined ? [] : [freshen(example, source), example]),
    ...(schema !== null || example !== undefined ? [] : guesses(hints, source)),
  ];
  return distinct(tries);
}

function guesses({ seen }: Hints, source: Source): readonly unknown[] {
  const common = { name: source.canary };
  return seen === undefined ? [common] : [bodyLike(seen, source), common];
}

/** The body, mended by what its refusal names: a field that is missing comes in, one that is not wanted goes. */
export function mended(body: unknown, refusal: string, source: Source): unknown {
  if (typeof body !== "object" || body === null || Array.isArray(body)) return undefined;
  const own = body as Readonly<Record<string, unknown>>;
  const unwanted = /unrecognized|unknown|unexpected|additional|not allowed|only/i.test(refusal);
  // A refusal may repeat what was sent.
  const names = namedIn(refusal).filter((name) => name !== source.canary);
  if (names.length === 0) return undefined;
  const kept = Object.entries(own).filter(([name]) => !(unwanted && names.includes(name)));
  const wanted = names
    .filter((name) => !(unwanted && name in own))
    .map((name) => [name, valueFor(name, refusal, source)] as const);
  const result = { ...Object.fromEntries(kept), ...Object.fromEntries(unwanted ? [] : wanted) };
  return JSON.stringify(result) === JSON.stringify(body) ? undefined : result;
}

function distinct(bodies: readonly unknown[]): readonly unknown[] {
  return [...new Map(bodies.map((body) => [JSON.stringify(body), body])).values()];
}
