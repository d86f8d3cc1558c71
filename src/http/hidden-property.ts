/** Sets an own property that neither enumeration nor logging shows. */
export function defineHidden(target: object, name: string | symbol, value: unknown): void {
  Object.defineProperty(target, name, { value, writable: true, configurable: true });
}
