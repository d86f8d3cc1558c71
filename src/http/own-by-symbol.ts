const keys = new Map<string, symbol>();

/**
 * What an object keeps under a symbol of its framework's own, found by the symbol's description.
 * Another copy of the framework has another symbol.
 */
export function ownBySymbol(holder: object, description: string): unknown {
  let key = keys.get(description);
  if (key === undefined || !Object.hasOwn(holder, key)) {
    key = Object.getOwnPropertySymbols(holder).find((own) => own.description === description);
    if (key === undefined) return undefined;
    keys.set(description, key);
  }
  return (holder as Record<symbol, unknown>)[key];
}
