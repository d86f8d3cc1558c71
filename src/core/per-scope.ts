import { currentScope } from "./context.js";
import type { TenantScope } from "./scope.js";

/**
 * One instance of something for each scope, made when it is first asked for and gone with the scope:
 * for a DataLoader, or whatever else collects or remembers rows, which must never serve two requests.
 * @throws {TenantryError} where it is called: `SCOPE_REQUIRED`
 */
export function perScope<T>(make: () => T): () => T {
  const made = new WeakMap<TenantScope, { readonly value: T }>();
  return () => {
    const scope = currentScope();
    const known = made.get(scope);
    if (known !== undefined) return known.value;
    const value = make();
    made.set(scope, { value });
    return value;
  };
}
