import { describe, expect, it } from "vitest";
import { filesOf } from "./fixture.test-support.js";
import { readMigrationFiles } from "./migration-files.js";

const text = "-- run as: owner\nselect 1;\n";

describe("reading migration files", () => {
  it("reads the package's own, in order and without gaps", async () => {
    const files = await readMigrationFiles();
    expect(files.map(({ number }) => number)).toEqual(files.map((_, index) => index + 1));
    expect(files[0]?.runAs).toBe("migrator");
  });

  it("takes the number, the name and the role from the file", async () => {
    const [file] = await filesOf({ "000001_first_things.sql": "-- run as: migrator\nselect 1;" });
    expect(file).toMatchObject({ number: 1, name: "first_things", runAs: "migrator" });
  });

  it("ignores files that are not SQL", async () => {
    const files = await filesOf({ "000001_a.sql": text, "README.md": "x" });
    expect(files).toHaveLength(1);
  });

  it("gives the same checksum whatever the line ends", async () => {
    const [unix] = await filesOf({ "000001_a.sql": text });
    const [dos] = await filesOf({ "000001_a.sql": text.replaceAll("\n", "\r\n") });
    expect(dos?.checksum).toBe(unix?.checksum);
  });

  it.each([
    ["there is a gap", { "000001_a.sql": text, "000003_b.sql": text }, "000003_b.sql"],
    ["a number comes twice", { "000001_a.sql": text, "000001_b.sql": text }, "000001_b.sql"],
    ["a name has no number", { "first.sql": text }, "first.sql"],
    ["the role is not said", { "000001_a.sql": "select 1;" }, "run as"],
    ["the role is unknown", { "000001_a.sql": "-- run as: postgres\nselect 1;" }, "run as"],
    ["there is no file at all", { "README.md": "x" }, "there is none"],
  ])("refuses a directory where %s", async (_, texts, named) => {
    await expect(filesOf(texts as Record<string, string>)).rejects.toMatchObject({
      code: "MIGRATION_FAILED",
      message: expect.stringContaining(named) as string,
    });
  });

  it("says what to do where the directory is not there", async () => {
    await expect(readMigrationFiles("/nowhere/at/all")).rejects.toThrow("bundler");
  });
});
