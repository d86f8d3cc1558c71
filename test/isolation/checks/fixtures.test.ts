import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checks } from "../../../src/isolation/checks/index.js";
import { keyOf } from "../../../src/isolation/report/finding.js";
import { createTestDatabase, type TestDatabase } from "../../support/databases.js";
import { describeOnServers } from "../../support/servers.js";
import { FixtureDatabase, fixtures } from "./fixtures.test-support.js";

describeOnServers("the checks on databases with a gap and without", (server) => {
  let database: TestDatabase;
  let client: pg.Client;
  let sound: FixtureDatabase;
  beforeAll(async () => {
    database = await createTestDatabase(server);
    client = new pg.Client({ connectionString: database.adminUrl });
    await client.connect();
    sound = new FixtureDatabase(client);
    await sound.open();
  });
  afterAll(async () => {
    await client.end();
    await database.drop();
  });

  const gaps = fixtures().filter(({ kind }) => kind === "gap");
  it.each(gaps)("$check finds the gap of $file", async ({ file, check }) => {
    const found = await sound.findingsIn(file, checks);
    const ours = found.filter(({ rule }) => rule.id === check);
    expect(ours.map(keyOf), found.map(keyOf).join("\n")).not.toEqual([]);
    expect(new Set(found.map(keyOf)).size).toBe(found.length);
    for (const { message, mend } of ours) {
      expect(message).toMatch(/^[^ ].*\.$/s);
      expect(mend).not.toMatch(/undefined|\[object/);
    }
  });

  const twins = fixtures().filter(({ kind }) => kind === "clean");
  it.each(twins)("all are silent on $file", async ({ file }) => {
    const all = await sound.findingsIn(file, checks);
    // The server's version is no matter of the database, nor is Tenantry's own schema of the fixture.
    const found = all.filter(
      ({ rule, subject }) => !rule.id.startsWith("V") && !subject.startsWith("tenantry."),
    );
    expect(found.map(({ message, ...finding }) => `${keyOf(finding as never)} ${message}`)).toEqual(
      [],
    );
  });
});

describe("the list of checks", () => {
  it("has a fixture with the gap and one without for every check", () => {
    const there = new Set(fixtures().map(({ check, kind }) => `${check} ${kind}`));
    const missing = checks.flatMap(({ id }) =>
      ["gap", "clean"].filter((kind) => !there.has(`${id} ${kind}`)).map((kind) => `${id} ${kind}`),
    );
    expect(missing).toEqual([]);
  });

  it("names every check once, in the order of the catalogue", () => {
    const place = (id: string) => id.slice(0, 1) + id.slice(1).padStart(3, "0");
    const ids = checks.map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)].sort((a, b) => (place(a) < place(b) ? -1 : 1)));
  });
});
