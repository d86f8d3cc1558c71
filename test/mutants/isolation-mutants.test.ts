import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { readCatalogHere } from "../../src/isolation/catalog/read-catalog.js";
import { runChecks } from "../../src/isolation/checks/check.js";
import { checks } from "../../src/isolation/checks/index.js";
import { keyOf } from "../../src/isolation/report/finding.js";
import { readManifestTable } from "../../src/isolation/subject/manifest-table.js";
import { subjectOf } from "../../src/isolation/subject/read-subject.js";
import { createArena, type Arena } from "../attacks/support/arena.js";
import { embeddedServer, suiteTitle } from "../support/servers.js";
import { mutants } from "./mutants.js";

const server = embeddedServer();

/** Each mutant in a transaction that is rolled back: the audit reads it from inside. */
describe(suiteTitle("the audit of a guard with something wrong in it", server), () => {
  let arena: Arena;
  let login: string;
  let admin: pg.Client;

  beforeAll(async () => {
    arena = await createArena(server, { distinctIds: true });
    login = `${arena.database.name}_app`;
    // The arena's weak twin would be found by itself.
    await arena.admin(
      `drop schema weak cascade; create role ${login} login password 'x' in role tenantry_app`,
    );
    admin = new pg.Client(arena.database.adminUrl);
    await admin.connect();
  });
  afterAll(async () => {
    await admin.end();
    await arena.admin(`drop owned by ${login}; drop role ${login}`);
    await arena.close();
  });
  beforeEach(() => admin.query("begin"));
  afterEach(() => admin.query("rollback"));

  async function found(): Promise<readonly string[]> {
    const catalog = await readCatalogHere(admin);
    const classes = await readManifestTable(admin, catalog);
    const findings = runChecks(checks, subjectOf(catalog, classes, { appRoles: [login] }));
    // What the tests' server is too old for is no mutant's doing.
    return findings.filter(({ rule }) => rule.id !== "V1").map(keyOf);
  }

  it("finds nothing until it is mutated", async () => {
    expect(await found()).toEqual([]);
  });

  it.each(mutants.map((mutant) => [mutant.name, mutant] as const))(
    "finds: %s",
    async (_, { sql }) => {
      await admin.query(
        sql.replaceAll("%login", login).replaceAll("%database", arena.database.name),
      );
      expect(await found()).not.toEqual([]);
    },
  );
});
