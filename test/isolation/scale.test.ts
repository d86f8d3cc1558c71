import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { audit } from "../../src/isolation/audit/audit.js";
import { prove } from "../../src/isolation/prover/prove.js";
import type { Cell, Report } from "../../src/isolation/report/report.js";
import { asAdmin, createEmptyDatabase, type TestDatabase } from "../support/databases.js";
import { loginRoles } from "../support/logins.js";
import { describeOnEmbedded } from "../support/servers.js";
import { syntheticSchema } from "./support/synthetic-schema.js";

const schema = syntheticSchema({ tables: 40, seed: 10, role: loginRoles.app });
const options = { appRoles: [loginRoles.app], root: "organizations" };
const named = (...kinds: readonly string[]) =>
  schema.tables.filter(({ kind }) => kinds.includes(kind)).map(({ name }) => name);

describeOnEmbedded("a schema as years of work leave it", (server) => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createEmptyDatabase(server);
    await asAdmin(database.adminUrl, (client) => client.query(schema.sql));
  });
  afterAll(() => database.drop());

  /** Of a table its cells by their column. */
  const cellsOf = ({ matrices: [matrix] }: Report) =>
    new Map(
      matrix!.rows.map(({ name, cells }) => [
        name,
        new Map<string, Cell>(cells.map((cell, index) => [matrix!.columns[index]!, cell])),
      ]),
    );

  it("is audited: policies that isolate, tables without any, tables that nobody classified", async () => {
    const report = await audit(database.adminUrl, options);
    const cells = cellsOf(report);
    const verdicts = (name: string) => [...cells.get(name)!.values()].map(({ verdict }) => verdict);
    for (const name of named("guarded", "guarded part"))
      expect([name, ...new Set(verdicts(name))]).toEqual([name, "holds"]);
    for (const name of named("open", "open part"))
      expect([name, ...new Set(verdicts(name))]).toEqual([name, "open"]);
    const found = (id: string) =>
      report.findings.filter(({ rule }) => rule.id === id).map(({ subject }) => subject);
    expect(found("A1").sort()).toEqual(named("open", "open part").sort());
    expect(found("C18").sort()).toEqual(named("nobody's").sort());
    expect(report.unproven).toEqual([]);
  });

  it("is proven: of every table a verdict, or a reason that says what is in the way", async () => {
    const steps: string[] = [];
    const report = await prove(database.adminUrl, {
      ...options,
      onStep: (step) => steps.push(step),
    });
    const cells = cellsOf(report);
    const { rows } = await asAdmin(database.adminUrl, (client) =>
      client.query<{ name: string }>(
        "select 'public.' || relname as name from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace",
      ),
    );
    expect([...cells.keys()].sort()).toEqual(rows.map(({ name }) => name).sort());
    for (const column of ["read", "no tenant", "insert", "update", "delete"]) {
      const verdictOf = (name: string) => {
        const { verdict, note } = cells.get(name)!.get(column)!;
        return [name, column, verdict, ...(verdict === "unproven" ? [note] : [])];
      };
      for (const name of named("guarded")) expect(verdictOf(name)).toEqual([name, column, "holds"]);
      for (const name of named("open")) expect(verdictOf(name)).toEqual([name, column, "open"]);
      if (column === "insert") continue;
      for (const name of named("guarded part"))
        expect(verdictOf(name)).toEqual([name, column, "holds"]);
      for (const name of named("open part"))
        expect(verdictOf(name)).toEqual([name, column, "open"]);
    }
    for (const sentence of report.unproven) {
      expect(sentence).toMatch(
        /: (not classified: no manifest names it|the hash of \w+ puts the rows)/,
      );
    }
    expect(steps).toContainEqual(expect.stringMatching(/^making two tenants: \d+ of \d+ tables$/));
    expect(steps).toContainEqual(expect.stringMatching(/^tried \d+ of \d+ tables$/));
  });

  it.each(["making", "trying"])(
    "leaves nothing behind, and says what happened, where the connection ends while %s",
    async (stage) => {
      const client = new pg.Client(database.adminUrl);
      client.on("error", () => undefined);
      await client.connect();
      const { rows } = await client.query<{ pid: number }>("select pg_backend_pid() as pid");
      let ended: Promise<unknown> | undefined;
      const onStep = (step: string) => {
        if (!step.startsWith(stage)) return;
        ended ??= asAdmin(database.adminUrl, (admin) =>
          admin.query("select pg_terminate_backend($1)", [rows[0]!.pid]),
        );
      };
      await expect(prove(client, { ...options, onStep })).rejects.toMatchObject({
        code: "PROOF_IMPOSSIBLE",
        message: expect.stringMatching(/connection to the database was lost/) as string,
      });
      await ended;
      await client.end();
      const left = await asAdmin(database.adminUrl, (admin) =>
        admin.query("select from organizations"),
      );
      expect(left.rowCount).toBe(0);
    },
  );
});
