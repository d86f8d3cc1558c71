import { describe, expect, it } from "vitest";
import { readSettings } from "../src/settings.js";

const database = {
  DATABASE_URL: "postgres://app@127.0.0.1/tracker",
  TENANTRY_OPERATOR_DATABASE_URL: "postgres://operator@127.0.0.1/tracker",
  TENANTRY_IDENTITY_DATABASE_URL: "postgres://identity@127.0.0.1/tracker",
  TENANTRY_MIGRATION_DATABASE_URL: "postgres://migrator@127.0.0.1/tracker",
  TENANTRY_SECRET: "a secret of at least thirty-two bytes, for tests",
};

describe("the settings", () => {
  it("are port 3000, a careful search and the embedded database where nothing is said", () => {
    const settings = readSettings({});
    expect(settings).toMatchObject({ port: 3000, injectableSearch: false, database: null });
    expect(settings.directory).toMatch(/\.tenantry$/);
  });

  it("take a given database, with all that belongs to it", () => {
    expect(readSettings(database).database?.url).toBe(database.DATABASE_URL);
    for (const missing of Object.keys(database).slice(1)) {
      expect(() => readSettings({ ...database, [missing]: "" })).toThrow(missing);
    }
  });

  it.each(["-1", "65536", "3000x", " 80", "0x50"])("refuse the port %j", (PORT) => {
    expect(() => readSettings({ PORT })).toThrow("PORT");
  });

  it.each(["yes", "true", "2"])("refuse the flag %j, rather than guess", (flag) => {
    expect(() => readSettings({ TRACKER_INJECTABLE_SEARCH: flag })).toThrow("give 1 or 0");
  });
});
