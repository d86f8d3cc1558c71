type Bytes = Buffer | string | null | undefined;

/**
 * What the seal of a Kafka message covers: key and value, each behind its length, so that nothing
 * can be moved from one to the other. The key counts, for it chooses the partition and, in a
 * compacted topic, what is overwritten.
 */
export function sealedBytes(key: Bytes, value: Bytes): Buffer {
  return Buffer.concat([...part(key), ...part(value)]);
}

function part(bytes: Bytes): Buffer[] {
  const length = Buffer.alloc(4, 0xff);
  // A null is not an empty text.
  if (bytes == null) return [length];
  const content = Buffer.from(bytes as string);
  length.writeUInt32BE(content.length);
  return [length, content];
}
