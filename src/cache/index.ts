export type { CacheCodec } from "./codec.js";
export type {
  CacheBackend,
  EntryWrite,
  Fence,
  Partition,
  Reading,
  Slot,
  WriteOutcome,
} from "./contract.js";
export {
  createCache,
  type Cache,
  type Compute,
  type EntryOptions,
  type RememberOptions,
} from "./create-cache.js";
export type { CacheOptions } from "./options.js";
export { memoryBackend, type MemoryBackendOptions } from "./memory/memory-backend.js";
export { ioredisBackend, type IoredisClient } from "./redis/ioredis-backend.js";
export {
  nodeRedisBackend,
  type NodeRedisClient,
  type NodeRedisCluster,
} from "./redis/node-redis-backend.js";
export type { RedisBackendOptions } from "./redis/redis-backend.js";
