import { LRUCache } from "lru-cache";
import type { Fence } from "../contract.js";
import { newGeneration } from "../fence.js";

/** Bytes that an entry takes besides its record: field and bookkeeping. */
const overhead = 128;
const largest = Number.MAX_SAFE_INTEGER;

/** One partition's entries, the least recently used first to go. */
export class Share {
  readonly #generation = newGeneration();
  readonly #epochs = new Map<number, number>();
  readonly #entries = new LRUCache<string, Buffer>({
    maxSize: largest,
    sizeCalculation: (record) => record.length + overhead,
  });

  get count(): number {
    return this.#entries.size;
  }

  get bytes(): number {
    return this.#entries.calculatedSize;
  }

  fence(bucket: number): Fence {
    return { generation: this.#generation, epoch: String(this.#epochs.get(bucket) ?? 0) };
  }

  isCurrent(bucket: number, { generation, epoch }: Fence): boolean {
    const now = this.fence(bucket);
    return now.generation === generation && now.epoch === epoch;
  }

  /** Explicit changes refuse whatever was begun before them in the bucket. */
  change(bucket: number): void {
    this.#epochs.set(bucket, (this.#epochs.get(bucket) ?? 0) + 1);
  }

  get(field: string): Buffer | undefined {
    return this.#entries.get(field);
  }

  /** Puts a record in after making room for it in the partition. */
  set(field: string, record: Buffer, maxEntries: number, maxBytes: number): void {
    this.#entries.delete(field);
    while (this.count >= maxEntries || this.bytes + record.length + overhead > maxBytes) {
      if (!this.evict()) break;
    }
    this.#entries.set(field, record);
  }

  delete(field: string): boolean {
    return this.#entries.delete(field);
  }

  /** Whether there was one to push out. */
  evict(): boolean {
    return this.#entries.pop() !== undefined;
  }
}
