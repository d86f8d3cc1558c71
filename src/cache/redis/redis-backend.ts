import { bounded } from "../bounds.js";
import type { CacheBackend, Partition, Slot, WriteOutcome } from "../contract.js";
import { newGeneration } from "../fence.js";
import { longestCompute } from "../options.js";
import { configInvalid, unavailable } from "../problems.js";
import { createGuard } from "./guard.js";
import { openScript, removeScript, writeScript, type Script } from "./scripts.js";

export interface RedisBackendOptions {
  /**
   * What all keys begin with: 1 to 64 letters, digits and `_ . : -`. Default `tenantry`. Tells
   * services apart that share a server.
   */
  readonly prefix?: string;
  /** Milliseconds that a call of the server may take, 1 to 60 000. Default 250. */
  readonly timeout?: number;
}

/** What the clients have in common. */
export interface RedisDriver {
  /** Whether a command would be sent now, rather than wait for a connection to come back. */
  isReady(): boolean;
  /** Sends a command whose first key is `key`; strings come back as buffers. */
  send(key: string, args: readonly (string | Buffer)[]): Promise<unknown>;
}

/** Milliseconds an empty partition's generation is kept: longer than a computation takes. */
const generationLife = String(longestCompute + 300_000);
const outcomes: readonly WriteOutcome[] = ["fenced", "written", "full"];

/** @throws {TenantryError} `CONFIG_INVALID` */
export function redisBackend(driver: RedisDriver, options: RedisBackendOptions = {}): CacheBackend {
  const { prefix = "tenantry" } = options;
  if (typeof prefix !== "string" || !/^[A-Za-z0-9_.:-]{1,64}$/.test(prefix)) {
    throw configInvalid(
      "`prefix` of a Redis backend is not acceptable.",
      "Pass 1 to 64 letters, digits and _ . : -; no braces, which mark a Cluster's hash tag.",
    );
  }
  const timeout = bounded("timeout", options.timeout, [250, 1, 60_000]);
  const guard = createGuard(timeout);

  /** The tenant alone is in braces, so that all of its keys are in one slot of a Cluster. */
  const keysOf = ({ tenantId, cache }: Partition): readonly [hash: string, index: string] => {
    const hash = `${prefix}:{${tenantId}}:cache:${cache}`;
    return [hash, `${hash}:index`];
  };

  const ask = (key: string, args: readonly (string | Buffer)[]): Promise<unknown> =>
    guard(async () => {
      // Else the command would wait in the client's own queue, and be sent when nobody asks any more.
      if (!driver.isReady()) throw unavailable("The Redis client has no connection.");
      return driver.send(key, args);
    });

  const run = async (
    { text, sha1 }: Script,
    partition: Partition,
    args: readonly (string | Buffer)[],
  ): Promise<unknown> => {
    const keys = keysOf(partition);
    try {
      return await ask(keys[0], ["EVALSHA", sha1, "2", ...keys, ...args]);
    } catch (error) {
      const { cause } = error as Error;
      if (!(cause instanceof Error && cause.message.includes("NOSCRIPT"))) throw error;
      return ask(keys[0], ["EVAL", text, "2", ...keys, ...args]);
    }
  };

  const bucketOf = ({ bucket }: Slot): string => `d${bucket}`;

  return {
    async read(partition, slot) {
      const [hash] = keysOf(partition);
      const reply = await ask(hash, ["HMGET", hash, "g", bucketOf(slot), slot.field]);
      const [generation, epoch, record] = listOf(reply);
      if (generation === null || generation === undefined) return { fence: null, record: null };
      return {
        fence: { generation: generation.toString(), epoch: epoch?.toString() ?? "0" },
        record: record ?? null,
      };
    },
    async open(partition, slot) {
      const fresh = [newGeneration(), bucketOf(slot), generationLife];
      const [generation, epoch] = listOf(await run(openScript, partition, fresh));
      return { generation: String(generation), epoch: String(epoch) };
    },
    async write(partition, slot, entry) {
      const outcome = await run(writeScript, partition, [
        entry.fence.generation,
        entry.fence.epoch,
        bucketOf(slot),
        slot.field,
        entry.record,
        String(entry.life),
        String(entry.maxEntriesPerTenant),
        String(entry.maxBytesPerTenant),
        entry.explicit ? "1" : "0",
      ]);
      return outcomes[Number(outcome)] ?? "fenced";
    },
    async remove(partition, slot) {
      return Number(await run(removeScript, partition, [bucketOf(slot), slot.field])) === 1;
    },
    async clear(partition) {
      const keys = keysOf(partition);
      await ask(keys[0], ["UNLINK", ...keys]);
    },
  };
}

function listOf(reply: unknown): readonly (Buffer | null)[] {
  if (Array.isArray(reply)) return reply as (Buffer | null)[];
  throw unavailable("Redis answered something that is no list.");
}
