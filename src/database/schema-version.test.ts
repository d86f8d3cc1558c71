import { expect, it } from "vitest";
import { readMigrationFiles } from "./migrations/migration-files.js";
import { schemaVersion } from "./schema-version.js";

it("the schema version that the start-up check asks for is that of the newest migration", async () => {
  const files = await readMigrationFiles();
  expect(schemaVersion).toBe(files.at(-1)?.number);
});
