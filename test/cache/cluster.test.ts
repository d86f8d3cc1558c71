import { Cluster } from "ioredis";
import { createCluster } from "redis";
import { ioredisBackend, nodeRedisBackend } from "tenantry/cache";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cacheConformance } from "../conformance/cache.js";
import { installedRedis, openCluster, type OwnRedis } from "./support/own-redis.js";
import { missingRedis } from "../support/redis.js";

const title = "the cache on a Cluster of three";
const timeout = 5_000;

if (installedRedis === null) {
  process.stderr.write(`${title}: skipped, for there is no redis-server to start\n`);
  describe.skip(`${title} [${missingRedis}]`, () => {
    it("needs a server", () => undefined);
  });
} else {
  describe(`${title} [Redis ${installedRedis}]`, suite);
}

function suite(): void {
  let nodes: readonly OwnRedis[] = [];
  beforeAll(async () => {
    nodes = await openCluster();
  });
  afterAll(() => Promise.all(nodes.map((node) => node.close())));

  describe("through ioredis", () => {
    cacheConformance(async () => {
      const client = new Cluster(nodes.map(({ port }) => ({ host: "127.0.0.1", port })));
      const backend = () => ioredisBackend(client, { timeout });
      return { backend: backend(), second: backend(), close: async () => client.disconnect() };
    });
  });

  describe("through node-redis", () => {
    cacheConformance(async () => {
      const client = createCluster({ rootNodes: nodes.map(({ url }) => ({ url })) });
      client.on("error", () => undefined);
      await client.connect();
      const backend = () => nodeRedisBackend(client, { timeout });
      return { backend: backend(), second: backend(), close: async () => client.destroy() };
    });
  });

  it("spreads tenants over the nodes, and keeps each tenant on one", async () => {
    const homes = new Map<string, Set<number>>();
    const filled = new Set<number>();
    for (const node of nodes) {
      for (const key of (await node.cli("keys", "*")).split("\n").filter(Boolean)) {
        const tenant = /\{([^}]+)\}/.exec(key)![1]!;
        homes.set(tenant, (homes.get(tenant) ?? new Set()).add(node.port));
        filled.add(node.port);
      }
    }
    expect(filled.size).toBe(3);
    expect([...homes.values()].map(({ size }) => size)).toEqual([...homes].map(() => 1));
  });
}
