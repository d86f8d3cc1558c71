import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checks } from "../../../src/isolation/checks/index.js";
import {
  keyOf,
  severities,
  severityOf,
  type Finding,
} from "../../../src/isolation/report/finding.js";
import { parseSql } from "../../../src/isolation/sql/parse.js";
import { createTestDatabase, type TestDatabase } from "../../support/databases.js";
import { describeOnServers } from "../../support/servers.js";
import { FixtureDatabase, fixtures } from "./fixtures.test-support.js";

/** Checks that have mends in words, with why no statement would do. */
const mendedInWords: Readonly<Record<string, string>> = {
  B8: "whoever writes the claim has to write it elsewhere",
  B10: "the setting is read in the policies' own text",
  B12: "policies and views stand in the way of a column's new type",
  B16: "the cast stands in the policy's own text",
  B17: "it takes a function, and somebody who owns it",
  C15: "the objects' contents move elsewhere",
  D8: "what an id refers to is the application's to say",
  E1: "the keys are D4's, EXPLAIN is the pool's to refuse",
  E2: "it is accepted, or the table is partitioned",
  E3: "a condition that hangs on the row cannot be taken out of a function",
  E4: "the keys are D4's, row security is A1's, the texts of errors the application's",
  E5: "the body of a function has to change",
  F1: "the body of a function has to change",
  F3: "it takes a context that SQL cannot set: Tenantry's",
  T1: "the guard comes with the package",
  V1: "the server has to be updated",
};

/** Comments alone are words as well. */
function isSql(mend: string): boolean {
  const parsed = parseSql(mend);
  return "statements" in parsed && parsed.statements.length > 0;
}

/** Two findings may have one mend; and no transaction takes CONCURRENTLY. */
function distinctMends(findings: readonly Finding[]): readonly string[] {
  return [...new Set(findings.map(({ mend }) => mend.replaceAll(" CONCURRENTLY", "")))];
}

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
    const found = await sound.findingsIn(file);
    const ours = found.filter(({ rule }) => rule.id === check);
    expect(ours.map(keyOf), found.map(keyOf).join("\n")).not.toEqual([]);
    const said = sound.severityIn(file);
    if (said !== undefined) expect(ours.map(severityOf)).toEqual(ours.map(() => said));
    expect(new Set(found.map(keyOf)).size).toBe(found.length);
    for (const { message, mend } of ours) {
      expect(message).toMatch(/^[^ ].*\.$/s);
      expect(mend).not.toMatch(/undefined|\[object/);
    }
  });

  it.each(gaps)("the mend of $check closes the gap of $file", async ({ file, check }) => {
    const found = await sound.findingsIn(file);
    const ours = found.filter(({ rule, mend }) => rule.id === check && isSql(mend));
    if (ours.length === 0) return;
    const after = await sound.findingsAfter(file, distinctMends(ours));
    const mended = new Set(ours.map(keyOf));
    expect(after.map(keyOf).filter((key) => mended.has(key))).toEqual([]);
    const before = new Set(found.map((each) => `${keyOf(each)} ${severityOf(each)}`));
    const added = after.filter((each) => !before.has(`${keyOf(each)} ${severityOf(each)}`));
    // What the mend brings to light may be no worse than what it mended.
    const rank = (each: Finding) => severities.indexOf(severityOf(each));
    const worst = Math.min(...ours.map(rank));
    expect(added.filter((each) => rank(each) < worst).map(keyOf)).toEqual([]);
  });

  it("has a mend in SQL for every gap, but for those that SQL alone cannot close", async () => {
    const inWords = new Set<string>();
    for (const { file, check } of gaps) {
      for (const { rule, mend } of await sound.findingsIn(file)) {
        if (rule.id !== check || isSql(mend)) continue;
        inWords.add(check);
        // SQL that cannot be parsed is no words.
        expect(mend).not.toMatch(/^(ALTER|CREATE|DROP|GRANT|REVOKE|SELECT) /);
      }
    }
    expect([...inWords].sort()).toEqual(Object.keys(mendedInWords).sort());
  });

  const twins = fixtures().filter(({ kind }) => kind === "clean");
  it.each(twins)("all are silent on $file", async ({ file }) => {
    const all = await sound.findingsIn(file);
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
