import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { prove } from "../../../src/isolation/prover/prove.js";
import type { Report } from "../../../src/isolation/report/report.js";
import { asAdmin, type TestDatabase } from "../../support/databases.js";
import { urlFor } from "../../support/logins.js";
import { describeOnEmbedded } from "../../support/servers.js";
import { proveIt } from "./support/plant.js";
import { createSoundDatabase } from "./support/sound.js";

// A proof takes a second or two on a quiet machine, and much longer on a busy one.
vi.setConfig({ testTimeout: 120_000 });

describeOnEmbedded("tenantry prove", (server) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createSoundDatabase(server);
  });
  afterAll(() => database.drop());
  const send = (statements: readonly string[]) =>
    asAdmin(database.adminUrl, (client) => client.query(statements.join(";\n")));

  it("finds a sound database sound, and leaves nothing in it", async () => {
    const report = await proveIt(database);
    expect(report.findings).toEqual([]);
    expect(report.unproven.filter((each) => each.startsWith("public."))).toEqual([]);
    const left = await asAdmin(database.adminUrl, async (admin) => {
      const { rows } = await admin.query<{ rows: number }>(
        `select ((select count(*) from projects) + (select count(*) from tasks) +
           (select count(*) from tenantry.tenant))::int as rows`,
      );
      return rows[0]!.rows;
    });
    expect(left).toBe(0);
  });

  it("rolls back when it is interrupted", async () => {
    const stop = new AbortController();
    const interrupted = prove(database.adminUrl, {
      appRoles: ["tenantry_test_app"],
      signal: stop.signal,
      onStep: (step) => void (step.startsWith("making two") && stop.abort()),
    });
    await expect(interrupted).rejects.toMatchObject({ code: "PROOF_IMPOSSIBLE" });
  });

  it("does not wait for the statement that runs when it is interrupted", async () => {
    await send([
      "create table sleepy (tenant_id uuid not null, id uuid, primary key (tenant_id, id))",
      "grant select on sleepy to tenantry_app",
      "alter table sleepy enable row level security",
      "create policy slow on sleepy using (pg_sleep(60) is not null)",
    ]);
    const stop = new AbortController();
    const started = performance.now();
    const interrupted = prove(database.adminUrl, {
      appRoles: ["tenantry_test_app"],
      only: "public.sleepy",
      statementTimeout: 60_000,
      signal: stop.signal,
      // By then it reads the table, which takes a minute for each row.
      onStep: (step) => void (step.startsWith("trying") && setTimeout(() => stop.abort(), 250)),
    });
    await expect(interrupted).rejects.toMatchObject({ code: "PROOF_IMPOSSIBLE" });
    expect(performance.now() - started).toBeLessThan(50_000);
    await send(["drop table sleepy"]);
  });

  it("judges an application that owns its tables, as its own login, by what binds it then", async () => {
    const owning = `tenantry_owning_${randomBytes(4).toString("hex")}`;
    await send([
      `create role ${owning} login password '${server.rolePassword}'`,
      `grant tenantry_owner, tenantry_app to ${owning}`,
    ]);
    const report = await prove(
      urlFor(server.adminUrl, database.name, owning, server.rolePassword),
      { appRoles: [owning], root: "tenantry.tenant", only: "public.*" },
    );
    await send([`drop role ${owning}`]);
    expect(report.findings.map(({ rule }) => rule.id)).toContain("owner-reach");
    // Forced row security binds the owner, also where the prover took the force off for a moment.
    const rows = report.matrices[1]!.rows.filter(({ name }) => name.startsWith("a session that"));
    expect(rows.map(({ cells }) => cells[0]!.verdict)).toEqual(["holds"]);
  });

  it("refuses a role that may do nothing, of which everything would hold", async () => {
    const powerless = prove(database.adminUrl, { appRoles: ["pg_monitor"] });
    await expect(powerless).rejects.toMatchObject({ code: "PROOF_IMPOSSIBLE" });
  });

  it("refuses a login that cannot become the application's role", async () => {
    await expect(
      prove(database.operatorUrl, { appRoles: ["tenantry_test_app"] }),
    ).rejects.toMatchObject({ code: "PROOF_IMPOSSIBLE" });
  });

  it("grants itself a role where CREATEROLE lets it (A5)", async () => {
    const suffix = randomBytes(4).toString("hex");
    const [app, all] = [`tenantry_creating_${suffix}`, `tenantry_bypassing_${suffix}`];
    await send([
      `create role ${app} createrole`,
      `grant tenantry_app to ${app}`,
      `create role ${all} bypassrls`,
      `grant select on projects to ${all}`,
    ]);
    const report = await prove(database.adminUrl, {
      appRoles: [app],
      root: "tenantry.tenant",
      only: "public.projects",
    });
    await send([`revoke all on projects from ${all}`, `drop role ${all}`, `drop role ${app}`]);
    const [row] = report.matrices[1]!.rows.filter(({ name }) => name.endsWith(`GRANT ${all}`));
    const { rows } = await asAdmin(database.adminUrl, (client) =>
      client.query<{ version: string }>("select current_setting('server_version_num') as version"),
    );
    expect(row?.cells[0]?.verdict).toBe(Number(rows[0]!.version) < 160_000 ? "open" : "holds");
  });

  it("times look-ups where it is asked to (E3)", async () => {
    const [name, cell] = ["slowly", "how long public.slowly takes"];
    const timed = () =>
      prove(database.adminUrl, {
        appRoles: ["tenantry_test_app"],
        root: "tenantry.tenant",
        only: `public.${name}`,
        timing: true,
      });
    const verdictOf = (report: Report) =>
      report.matrices[1]!.rows.find((row) => row.name === cell)?.cells[0]?.verdict;
    await send([
      `create table ${name} (tenant_id uuid not null, id uuid primary key)`,
      `grant select on ${name} to tenantry_app`,
      `alter table ${name} enable row level security, force row level security`,
      `create policy own on ${name} using (tenant_id = (select tenantry.current_tenant()))`,
    ]);
    expect(verdictOf(await timed())).not.toBe("open");
    await send([
      `create function slow_tenant() returns uuid language plpgsql as
        'begin perform pg_sleep(0.003); return tenantry.current_tenant(); end'`,
      `drop policy own on ${name}`,
      `create policy own on ${name} using (tenant_id = slow_tenant())`,
    ]);
    const slow = await timed();
    await send([`drop table ${name}`, "drop function slow_tenant()"]);
    expect(verdictOf(slow)).toBe("open");
  });
});
