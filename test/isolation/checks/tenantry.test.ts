import type pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readSubject } from "../../../src/isolation/subject/read-subject.js";
import { runChecks } from "../../../src/isolation/checks/check.js";
import { checks } from "../../../src/isolation/checks/index.js";
import { commandVerdicts } from "../../../src/isolation/policies/index.js";
import { isAtLeast, keyOf, severityOf } from "../../../src/isolation/report/finding.js";
import { tenantTables, type Subject } from "../../../src/isolation/subject/subject.js";
import { asAdmin, createTestDatabase, type TestDatabase } from "../../support/databases.js";
import { loginRoles } from "../../support/logins.js";
import { describeOnServers } from "../../support/servers.js";

describeOnServers("a database under Tenantry", (server) => {
  let database: TestDatabase;
  let subject: Subject;
  beforeAll(async () => {
    database = await createTestDatabase(server);
    await asAdmin(database.adminUrl, async (client: pg.Client) => {
      await client.query(
        `create table projects (id uuid primary key default gen_random_uuid(), name text);
         create table tasks (tenant_id uuid, id uuid, project_id uuid, primary key (tenant_id, id));
         create table events (id bigint, at date not null) partition by range (at);
         create table events_2026 partition of events for values from ('2026-01-01') to ('2027-01-01')`,
      );
      for (const table of ["projects", "tasks", "events"]) {
        await client.query("select tenantry.protect($1)", [table]);
      }
      await client.query(
        "alter table tasks add foreign key (tenant_id, project_id) references projects (tenant_id, id)",
      );
    });
    subject = await asAdmin(database.adminUrl, (client: pg.Client) =>
      readSubject(client, { appRoles: [loginRoles.app] }),
    );
  });
  afterAll(() => database.drop());

  it("gives no check of roles and policies anything to say", () => {
    const found = runChecks(checks, subject).filter(
      (finding) => /^[ABF]/.test(finding.rule.id) && isAtLeast(severityOf(finding), "medium"),
    );
    expect(found.map((finding) => `${keyOf(finding)} ${finding.message}`)).toEqual([]);
  });

  it("isolates every command on every protected table", () => {
    const role = subject.appRoles[0]!;
    const names = ["projects", "tasks", "events", "events_2026"];
    const tables = tenantTables(subject).filter(({ relation }) => names.includes(relation.name));
    expect(tables).toHaveLength(4);
    const open = tables.flatMap((table) =>
      commandVerdicts(subject, table, role)
        .filter(({ verdict }) => verdict !== "isolated" && verdict !== "denied")
        .map((each) => ({ table: table.relation.name, ...each })),
    );
    expect(open).toEqual([]);
  });
});
