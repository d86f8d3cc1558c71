import { LRUCache } from "lru-cache";

/** Texts that are read once for many questions, as policies and function bodies, are parsed once. */
export function remembered<Read>(read: (text: string) => Read): (text: string) => Read {
  const known = new LRUCache<string, { readonly read: Read }>({
    max: 2_000,
    maxSize: 4_000_000,
    sizeCalculation: (_, text) => text.length + 1,
  });
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before.read;
    const made = read(text);
    known.set(text, { read: made });
    return made;
  };
}
