import type { Oid } from "../../catalog/catalog.js";

/** Which tables a table's rows cannot do without, and which they only may point at. */
export interface Needs {
  readonly required: ReadonlySet<Oid>;
  readonly wanted: ReadonlySet<Oid>;
}

/**
 * Parents before children; tables that need one another come together. Where all that is left waits
 * for something it only wants, the one that wants least goes first.
 */
export function orderOf(needs: ReadonlyMap<Oid, Needs>): readonly (readonly Oid[])[] {
  const waiting = components(needs);
  const done = new Set<Oid>();
  const order: (readonly Oid[])[] = [];
  while (waiting.length > 0) {
    const missing = (component: readonly Oid[], kind: keyof Needs) =>
      component
        .flatMap((oid) => [...needs.get(oid)![kind]])
        .filter((oid) => needs.has(oid) && !done.has(oid) && !component.includes(oid)).length;
    const ready = waiting.filter((component) => missing(component, "required") === 0);
    const next = ready.reduce((best, component) =>
      missing(component, "wanted") < missing(best, "wanted") ? component : best,
    );
    waiting.splice(waiting.indexOf(next), 1);
    for (const oid of next) done.add(oid);
    order.push(next);
  }
  return order;
}

/** Tarjan's algorithm: strongly connected components over what is required. */
function components(needs: ReadonlyMap<Oid, Needs>): Oid[][] {
  const index = new Map<Oid, number>();
  const low = new Map<Oid, number>();
  const stack: Oid[] = [];
  const found: Oid[][] = [];
  const visit = (oid: Oid): void => {
    index.set(oid, index.size);
    low.set(oid, index.get(oid)!);
    stack.push(oid);
    for (const next of needs.get(oid)!.required) {
      if (!needs.has(next)) continue;
      if (!index.has(next)) {
        visit(next);
        low.set(oid, Math.min(low.get(oid)!, low.get(next)!));
      } else if (stack.includes(next)) {
        low.set(oid, Math.min(low.get(oid)!, index.get(next)!));
      }
    }
    if (low.get(oid) === index.get(oid)) found.push(stack.splice(stack.indexOf(oid)));
  };
  for (const oid of needs.keys()) if (!index.has(oid)) visit(oid);
  return found;
}
