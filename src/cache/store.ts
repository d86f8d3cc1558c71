import type { Fence, WriteOutcome } from "./contract.js";
import { openEnvelope, sealEnvelope } from "./envelope.js";
import type { CacheSettings } from "./options.js";
import type { Place } from "./place.js";
import { entryInvalid } from "./problems.js";
import type { Reports } from "./reports.js";

export interface Lifetimes {
  readonly ttl: number;
  readonly staleFor: number;
}

/** What is at a place: the fence to write behind, and the value if its envelope fits. */
export interface Look<V> {
  readonly fence: Fence | null;
  readonly found: { readonly value: V; readonly fresh: boolean } | null;
}

/** Values in envelopes, in and out of a backend. */
export interface Store<V> {
  look(place: Place): Promise<Look<V>>;
  fence(place: Place): Promise<Fence>;
  write(
    place: Place,
    fence: Fence,
    payload: Buffer,
    lifetimes: Lifetimes,
    explicit: boolean,
  ): Promise<WriteOutcome>;
  /** @throws {TenantryError} `CACHE_ENTRY_INVALID` */
  encode(value: V): Buffer;
  /** A copy, so that what its holder does to it reaches nobody else. */
  decode(payload: Buffer): V;
  /** Whether an encoded value is within the limits. */
  fits(payload: Buffer): boolean;
}

/** Bytes that an entry takes besides its value, rounded up: envelope, MAC and field. */
const overhead = 256;

export function createStore<V>(settings: CacheSettings<V>, reports: Reports): Store<V> {
  const { backend, codec, keys, name } = settings;
  const { maxEntriesPerTenant, maxBytesPerTenant, maxValueBytes, jitter } = settings;
  const decode = (payload: Buffer): V => codec.decode(Buffer.from(payload));

  const find = (place: Place, fence: Fence, record: Buffer): Look<V>["found"] => {
    const opened = openEnvelope(keys, place, fence.generation, record);
    if (opened.kind === "misfit") {
      reports.misfit(place, opened.why);
      return null;
    }
    const { freshUntil, expiresAt, payload } = opened.envelope;
    const now = Date.now();
    if (now >= expiresAt) return null;
    try {
      return { value: decode(payload), fresh: now < freshUntil };
    } catch {
      reports.misfit(place, "undecodable");
      return null;
    }
  };

  return {
    decode,
    async look(place) {
      const { fence, record } = await reports.asking(() => backend.read(place.partition, place));
      const found = fence === null || record === null ? null : find(place, fence, record);
      return { fence, found };
    },
    fence: (place) => reports.asking(() => backend.open(place.partition, place)),
    write(place, fence, payload, { ttl, staleFor }, explicit) {
      const now = Date.now();
      const freshUntil = now + Math.max(1, Math.round(ttl * (1 - jitter * Math.random())));
      const expiresAt = freshUntil + staleFor;
      const envelope = { freshUntil, expiresAt, payload };
      const record = sealEnvelope(keys, place, fence.generation, envelope);
      const life = expiresAt - now;
      const limits = { maxEntriesPerTenant, maxBytesPerTenant };
      const entry = { fence, record, life, explicit, ...limits };
      return reports.asking(() => backend.write(place.partition, place, entry));
    },
    encode(value) {
      try {
        const bytes = codec.encode(value);
        // A copy: a codec may hand out bytes that the caller goes on using.
        if (bytes instanceof Uint8Array) return Buffer.from(bytes);
      } catch {
        // Told below, without the codec's own words: they may quote the value.
      }
      throw entryInvalid(
        `A value of type ${value === null ? "null" : typeof value} could not be encoded for the cache "${name}".`,
        "Cache what the codec knows: JSON by default, which has no undefined, functions, bigints or cycles.",
      );
    },
    fits: (payload) =>
      payload.length <= maxValueBytes && payload.length + overhead <= maxBytesPerTenant,
  };
}
