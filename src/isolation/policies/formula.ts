import type { Atom } from "./atom.js";

/** A condition in terms of atoms; what stands under NOT or in a sub-select was worked in already. */
export type Formula =
  | { readonly kind: "and"; readonly parts: readonly Formula[] }
  | { readonly kind: "or"; readonly parts: readonly Formula[] }
  | { readonly kind: "atom"; readonly atom: Atom };

/** AND of nothing. */
export const always: Formula = { kind: "and", parts: [] };
/** OR of nothing. */
export const never: Formula = { kind: "or", parts: [] };

export function all(parts: readonly Formula[]): Formula {
  return parts.length === 1 ? parts[0]! : { kind: "and", parts };
}

export function any(parts: readonly Formula[]): Formula {
  return parts.length === 1 ? parts[0]! : { kind: "or", parts };
}

export function atomic(atom: Atom): Formula {
  return { kind: "atom", atom };
}

/** More cases than this are not looked through. */
const mostCases = 256;

/** The cases in which it is true, each a list of what then holds; undefined where they are too many. */
export function casesOf(formula: Formula): readonly (readonly Atom[])[] | undefined {
  if (formula.kind === "atom") return [[formula.atom]];
  let cases: (readonly Atom[])[] = formula.kind === "and" ? [[]] : [];
  for (const part of formula.parts) {
    const further = casesOf(part);
    if (further === undefined) return undefined;
    if (formula.kind === "or") cases.push(...further);
    else cases = cases.flatMap((left) => further.map((right) => [...left, ...right]));
    if (cases.length > mostCases) return undefined;
  }
  return cases;
}
