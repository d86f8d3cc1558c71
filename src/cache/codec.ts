/** How values become bytes and come back. Both may throw. */
export interface CacheCodec<V> {
  encode(value: V): Uint8Array;
  /** The bytes are the reader's own: what it returns may keep and change them. */
  decode(bytes: Buffer): V;
}

/** JSON: dates become strings, `undefined` inside of objects is left out. */
export function jsonCodec<V>(): CacheCodec<V> {
  return {
    encode: (value) => {
      const text: unknown = JSON.stringify(value);
      if (typeof text !== "string") throw new TypeError(`JSON has no ${typeof value}`);
      return Buffer.from(text);
    },
    decode: (bytes) => JSON.parse(bytes.toString()) as V,
  };
}
