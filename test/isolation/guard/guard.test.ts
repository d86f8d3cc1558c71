import { resolve } from "node:path";
import { format } from "prettier";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readCatalog } from "../../../src/isolation/catalog/read-catalog.js";
import { fingerprintOf } from "../../../src/isolation/guard/fingerprint.js";
import { asAdmin, createTestDatabase, type TestDatabase } from "../../support/databases.js";
import { describeOnServers } from "../../support/servers.js";

const file = resolve(import.meta.dirname, "../../../src/isolation/guard/expected.ts");

describeOnServers("what is expected in Tenantry's schema", (server) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase(server);
  });
  afterAll(() => database.drop());

  it("is what the migrations install", async () => {
    const found = fingerprintOf(await asAdmin(database.adminUrl, (client) => readCatalog(client)));
    const source = `/** Written by test/isolation/guard/guard.test.ts: \`npx vitest run test/isolation/guard -u\`. */
      export const expectedGuard: Readonly<Record<string, string>> = ${JSON.stringify(Object.fromEntries(found))};`;
    const text = await format(source, { parser: "typescript", printWidth: 100 });
    await expect(text).toMatchFileSnapshot(file);
  });
});
