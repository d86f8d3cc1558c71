import type { Endpoint } from "./contract.js";

export interface Match {
  readonly endpoint: Endpoint;
  readonly id: string;
}

/** The endpoints by their paths: one look for most, a second for those with an id in them. */
export function createMatcher(endpoints: readonly Endpoint[]) {
  const exact = new Map<string, Map<string, Endpoint>>();
  for (const each of endpoints) {
    const methods = exact.get(each.path) ?? new Map<string, Endpoint>();
    exact.set(each.path, methods.set(each.method, each));
  }
  return {
    /** The methods that a path of ours has; null for any other path. Paths are compared as they came. */
    find(path: string): { readonly methods: ReadonlyMap<string, Endpoint>; id: string } | null {
      const methods = exact.get(path);
      if (methods !== undefined) return { methods, id: "" };
      for (const [pattern, methods] of exact) {
        const id = idIn(pattern, path);
        if (id !== null) return { methods, id };
      }
      return null;
    },
  };
}

/** What is in `{id}`'s place: one segment of plain characters, so that nothing needs decoding. */
function idIn(pattern: string, path: string): string | null {
  const at = pattern.indexOf("{id}");
  if (at === -1) return null;
  const [before, after] = [pattern.slice(0, at), pattern.slice(at + 4)];
  if (!path.startsWith(before) || !path.endsWith(after)) return null;
  const id = path.slice(before.length, path.length - after.length);
  return /^[A-Za-z0-9-]{1,64}$/.test(id) ? id : null;
}
