import { bounded } from "../bounds.js";
import type { CacheBackend, Partition } from "../contract.js";
import { Share } from "./share.js";

export interface MemoryBackendOptions {
  /** Entries of all tenants and caches together, 1 to 10 000 000. Also the most partitions. */
  readonly maxEntries: number;
  /** Bytes of all tenants and caches together, 1 KiB to 64 GiB. */
  readonly maxBytes: number;
}

/** How many of the longest unused partitions are looked at when room is made. */
const lookedAt = 8;

/**
 * Keeps entries in this process. Where it is full, room is made in the partition that writes, or in
 * one of the longest unused that holds more: nobody pushes out entries of a tenant that has less.
 * @throws {TenantryError} `CONFIG_INVALID`
 */
export function memoryBackend(options: MemoryBackendOptions): CacheBackend {
  const maxEntries = bounded("maxEntries", options?.maxEntries, [NaN, 1, 10_000_000]);
  const maxBytes = bounded("maxBytes", options?.maxBytes, [NaN, 1024, 68_719_476_736]);
  /** The longest unused first. */
  const shares = new Map<string, Share>();
  let entries = 0;
  let bytes = 0;

  const nameOf = ({ tenantId, cache }: Partition): string => `${tenantId}:${cache}`;

  const used = (partition: Partition): Share | undefined => {
    const name = nameOf(partition);
    const share = shares.get(name);
    if (share === undefined) return undefined;
    shares.delete(name);
    shares.set(name, share);
    return share;
  };

  const drop = (name: string): void => {
    const share = shares.get(name);
    if (share !== undefined) counted(share, () => shares.delete(name), true);
  };

  const opened = (partition: Partition): Share => {
    const known = used(partition);
    if (known !== undefined) return known;
    if (shares.size >= maxEntries) drop(shares.keys().next().value!);
    const share = new Share();
    shares.set(nameOf(partition), share);
    return share;
  };

  /** Does something to a share and keeps the totals right. */
  const counted = <T>(share: Share, change: () => T, gone = false): T => {
    const [count, size] = [share.count, share.bytes];
    const result = change();
    entries += (gone ? 0 : share.count) - count;
    bytes += (gone ? 0 : share.bytes) - size;
    return result;
  };

  /** The largest of the writer's own and the longest unused; of equals the longest unused. */
  const victim = (own: Share): Share => {
    let chosen = own;
    let seen = 0;
    for (const [name, share] of shares) {
      if (share === own) continue;
      if (share.count === 0) {
        shares.delete(name);
        continue;
      }
      if ((seen += 1) > lookedAt) break;
      const more = entries > maxEntries ? share.count >= chosen.count : share.bytes >= chosen.bytes;
      if (more && (chosen === own || share.bytes > chosen.bytes)) chosen = share;
    }
    return chosen;
  };

  return {
    async read(partition, slot) {
      const share = used(partition);
      if (share === undefined) return { fence: null, record: null };
      const record = share.get(slot.field);
      return {
        fence: share.fence(slot.bucket),
        record: record === undefined ? null : Buffer.from(record),
      };
    },
    async open(partition, slot) {
      return opened(partition).fence(slot.bucket);
    },
    async write(partition, slot, entry) {
      const share = used(partition);
      if (share === undefined || !share.isCurrent(slot.bucket, entry.fence)) return "fenced";
      const { maxEntriesPerTenant: most, maxBytesPerTenant: largest } = entry;
      const record = Buffer.from(entry.record);
      if (entry.explicit) share.change(slot.bucket);
      counted(share, () => share.set(slot.field, record, most, largest));
      while (entries > maxEntries || bytes > maxBytes) {
        const from = victim(share);
        if (!counted(from, () => from.evict())) break;
      }
      return share.get(slot.field) === undefined ? "full" : "written";
    },
    async remove(partition, slot) {
      const share = used(partition);
      if (share === undefined) return false;
      share.change(slot.bucket);
      return counted(share, () => share.delete(slot.field));
    },
    async clear(partition) {
      drop(nameOf(partition));
    },
  };
}
