import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const source = (path: string) => fileURLToPath(new URL(`src/${path}`, import.meta.url));

export default defineConfig({
  resolve: {
    // As `paths` in tsconfig.json: the tests import the package by its public names.
    alias: [
      { find: /^tenantry$/, replacement: source("index.ts") },
      { find: /^tenantry\/express$/, replacement: source("http/express/index.ts") },
      { find: /^tenantry\/hono$/, replacement: source("http/hono/index.ts") },
      { find: /^tenantry\/embedded$/, replacement: source("database/embedded/index.ts") },
      { find: /^tenantry\/prisma$/, replacement: source("database/prisma/index.ts") },
    ],
  },
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts", "examples/**/*.test.ts"],
    globalSetup: ["test/support/global-setup.ts"],
    reporters: ["default", "./test/support/server-summary.ts"],
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    teardownTimeout: 30_000,
  },
});
