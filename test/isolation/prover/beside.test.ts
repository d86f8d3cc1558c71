import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { prove } from "../../../src/isolation/prover/prove.js";
import type { Report } from "../../../src/isolation/report/report.js";
import { asAdmin, type TestDatabase } from "../../support/databases.js";
import { describeOnEmbedded } from "../../support/servers.js";
import { besideTheTables } from "./support/beside.js";
import { openIn, proveIt } from "./support/plant.js";
import { createSoundDatabase } from "./support/sound.js";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

describeOnEmbedded("tenantry prove, beside the tables", (server) => {
  let database: TestDatabase;
  const send = (statements: readonly string[]) =>
    asAdmin(database.adminUrl, (client) => client.query(statements.join(";\n")));
  let twins: Report;
  let planted: Report;
  beforeAll(async () => {
    database = await createSoundDatabase(server);
    await send(besideTheTables.map(({ base }) => base));
    twins = await proveIt(database, "public.*");
    await send(besideTheTables.map(({ plant }) => plant));
    planted = await proveIt(database, "public.*");
  });
  afterAll(() => database.drop());

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

  describe.each(besideTheTables)("$gap", ({ cell, rule }) => {
    it("is noticed", () => {
      expect(openIn(planted)).toContain(cell);
      expect(planted.findings.map((each) => each.rule.id)).toContain(rule);
    });
    it("is not alleged of its sound twin", () => {
      expect(openIn(twins)).not.toContain(cell);
      expect(twins.findings.map((each) => each.rule.id)).not.toContain(rule);
      expect(twins.unproven.filter((each) => each.startsWith(cell))).toEqual([]);
    });
  });
});
