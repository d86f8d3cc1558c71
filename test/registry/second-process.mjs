// A process of its own with a cached registry, from the built package. Asked for a slug over IPC,
// it answers what it would act on.
import pg from "pg";
import { createKeyRing } from "../../dist/core/seal/key-ring.js";
import { createCachedRegistry } from "../../dist/registry/cached/cached-registry.js";
import { createPostgresFeed } from "../../dist/registry/feed/postgres-feed.js";
import { createPostgresRegistry } from "../../dist/registry/postgres/postgres-registry.js";

const { appUrl: connectionString, secret } = JSON.parse(process.argv[2]);
const app = new pg.Pool({ connectionString });
const keys = createKeyRing(secret);
const feed = createPostgresFeed({
  keys,
  newClient: () => new pg.Client({ connectionString }),
  onEvent: () => undefined,
});
const registry = createCachedRegistry(createPostgresRegistry({ app, keys }), { feed });

process.on("message", async (slug) => {
  const tenant = await registry.find({ by: "slug", value: slug });
  process.send({ feed: feed.state, status: tenant?.status ?? null });
});
process.on("disconnect", async () => {
  await registry.close();
  await app.end();
});
process.send("ready");
