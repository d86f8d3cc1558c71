export {
  createRateLimit,
  type ConsumeOptions,
  type RateLimit,
  type RateLimitOptions,
  type RateStatus,
} from "./rate-limit.js";
export {
  createConcurrencyLimit,
  type ConcurrencyLimit,
  type ConcurrencyLimitOptions,
} from "./concurrency-limit.js";
export type { Limit, LimitedBy, SubKey } from "./contract.js";
export type { LimitKey } from "./key.js";
export type { Count, RateBackend, RateStore, StoreSettings } from "./store/contract.js";
export { inMemory } from "./store/memory.js";
export { onPostgres, type PostgresPool, type PostgresTable } from "./store/postgres.js";
export {
  onRedis,
  type IoRedisClient,
  type NodeRedisClient,
  type RedisClient,
} from "./store/redis.js";
