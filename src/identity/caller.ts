/** Where a request came from, for events and lists of devices. */
export interface Caller {
  /** The peer's address, or null where it is not known. */
  readonly address: string | null;
  readonly userAgent: string | null;
}

/** What the columns take: text without control characters, of a bounded length. */
export function recorded({ address, userAgent }: Caller): readonly [string | null, string | null] {
  return [bounded(address, 64), bounded(userAgent, 512)];
}

function bounded(text: string | null, length: number): string | null {
  // A lone surrogate, or half of a pair that the cut leaves, has no UTF-8.
  return text === null ? null : text.slice(0, length).replace(/\p{Cc}|\p{Cs}/gu, "");
}
