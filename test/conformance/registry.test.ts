import { describe } from "vitest";
import { createCachedRegistry } from "../../src/registry/cached/cached-registry.js";
import { createPostgresFeed } from "../../src/registry/feed/postgres-feed.js";
import { createMemoryRegistry } from "../../src/registry/memory/memory-registry.js";
import { clientsOf, openRegistryFixture } from "../registry/registry-fixture.js";
import { describeOnServers } from "../support/servers.js";
import { registryConformance } from "./registry.js";
import { until } from "../support/until.js";

const ownDomains = ["app.example.com"];

describe("the registry in memory", () => {
  registryConformance(async () => ({
    registry: createMemoryRegistry({ ownDomains }),
    close: async () => undefined,
  }));
});

describe("the cached registry in memory", () => {
  registryConformance(async () => {
    const memory = createMemoryRegistry({ ownDomains });
    const registry = createCachedRegistry(memory, { feed: memory.feed });
    return { registry, close: () => registry.close() };
  });
});

describeOnServers("the registry in PostgreSQL", (server) => {
  registryConformance(() => openRegistryFixture(server));
});

describeOnServers("the cached registry in PostgreSQL", (server) => {
  registryConformance(async () => {
    const fixture = await openRegistryFixture(server);
    const newClient = clientsOf(fixture.database.appUrl);
    const feed = createPostgresFeed({ newClient, keys: fixture.keys, onEvent: () => undefined });
    const registry = createCachedRegistry(fixture.registry, { feed });
    await until(() => feed.state === "up");
    const close = async () => {
      await registry.close();
      await fixture.close();
    };
    return { registry, close };
  });
});
