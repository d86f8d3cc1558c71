import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const source = (path: string) => fileURLToPath(new URL(`src/${path}`, import.meta.url));

export default defineConfig({
  resolve: {
    // As `paths` in tsconfig.json: the tests import the package by its public names.
    alias: [
      { find: /^tenantry$/, replacement: source("index.ts") },
      { find: /^tenantry\/express$/, replacement: source("http/express/index.ts") },
      { find: /^tenantry\/fastify$/, replacement: source("http/fastify/index.ts") },
      { find: /^tenantry\/hono$/, replacement: source("http/hono/index.ts") },
      { find: /^tenantry\/next$/, replacement: source("http/next/index.ts") },
      { find: /^tenantry\/drizzle$/, replacement: source("database/drizzle/index.ts") },
      { find: /^tenantry\/kysely$/, replacement: source("database/kysely/index.ts") },
      { find: /^tenantry\/prisma$/, replacement: source("database/prisma/index.ts") },
      { find: /^tenantry\/cache$/, replacement: source("cache/index.ts") },
      { find: /^tenantry\/bullmq$/, replacement: source("queue/bullmq/index.ts") },
      { find: /^tenantry\/pg-boss$/, replacement: source("queue/pg-boss/index.ts") },
      { find: /^tenantry\/nats$/, replacement: source("queue/nats/index.ts") },
      { find: /^tenantry\/amqplib$/, replacement: source("queue/amqplib/index.ts") },
      { find: /^tenantry\/kafka$/, replacement: source("queue/kafka/index.ts") },
      { find: /^tenantry\/limits$/, replacement: source("limits/index.ts") },
      { find: /^tenantry\/telemetry$/, replacement: source("telemetry/index.ts") },
      { find: /^tenantry\/identity$/, replacement: source("http/identity/index.ts") },
      { find: /^tenantry\/testing$/, replacement: source("testing/index.ts") },
      { find: /^tenantry\/embedded$/, replacement: source("database/embedded/index.ts") },
      { find: /^tenantry\/eslint$/, replacement: source("eslint/index.ts") },
    ],
  },
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts", "examples/**/*.test.ts"],
    globalSetup: ["test/support/global-setup.ts"],
    reporters: ["default", "./test/support/server-summary.ts"],
    pool: "forks",
    // On two cores as well: many suites wait, for a server, a timeout or a browser.
    maxWorkers: 3,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    teardownTimeout: 30_000,
  },
});
