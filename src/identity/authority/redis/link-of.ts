import { TenantryError } from "../../../core/tenantry-error.js";
import type { RedisLink } from "./contract.js";
import { ioredisLink, type IoredisClient } from "./ioredis-link.js";
import { nodeRedisLink, type NodeRedisClient } from "./node-redis-link.js";

export type RedisClient = IoredisClient | NodeRedisClient;

/** @throws {TenantryError} `CONFIG_INVALID` */
export function linkOf(client: RedisClient): RedisLink {
  const given = (client ?? {}) as Partial<IoredisClient & NodeRedisClient>;
  if (typeof given.duplicate === "function") {
    if (typeof given.call === "function" && typeof given.status === "string") {
      return ioredisLink(client as IoredisClient);
    }
    if (typeof given.sendCommand === "function" && typeof given.isReady === "boolean") {
      return nodeRedisLink(client as NodeRedisClient);
    }
  }
  throw new TenantryError("CONFIG_INVALID", {
    message: "`redis` is no client of ioredis or node-redis.",
    fix: "Pass new Redis(url) of ioredis, or createClient({ url }) of the package `redis`. Of a Cluster, pass a client of one of its nodes: what one node is told, all tell on.",
  });
}
