import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { prove } from "../../../src/isolation/prover/prove.js";
import type { Cell, Report } from "../../../src/isolation/report/report.js";
import { asAdmin, type TestDatabase } from "../../support/databases.js";
import { urlFor } from "../../support/logins.js";
import { describeOnEmbedded } from "../../support/servers.js";
import { besideTheTables } from "./support/beside.js";
import { createSoundDatabase } from "./support/sound.js";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const suffix = randomBytes(4).toString("hex");

/** Logins that are no superusers: how each is made, and whether the policies bind it. */
const logins = {
  "the owner of the tables": {
    name: `tenantry_prv_owner_${suffix}`,
    make: "nocreaterole",
    grant: (name: string) => `grant tenantry_owner, tenantry_test_app to ${name}`,
  },
  "one that may only grant itself the application's role": {
    name: `tenantry_prv_cloud_${suffix}`,
    make: "createrole createdb",
    grant: (name: string) =>
      `grant tenantry_owner to ${name}; grant tenantry_test_app to ${name} with admin true, set false, inherit false`,
  },
  "one with BYPASSRLS": {
    name: `tenantry_prv_bypass_${suffix}`,
    make: "bypassrls",
    grant: (name: string) => `grant tenantry_owner, tenantry_test_app to ${name}`,
  },
} as const;

/** Gaps in the tables themselves, which do not get in each other's way. */
const wounds = [
  "alter table projects disable row level security",
  `drop policy tenantry_floor on tasks; create policy open_update on tasks for update to public using (true) with check (true);
   create policy open_insert on tasks for insert to public with check (true)`,
  "grant truncate on labels to tenantry_app",
  "create view volume as select count(*) as events from events; grant select on volume to tenantry_app",
  "create function everything() returns setof labels language sql stable security definer as 'select * from labels'",
];

describeOnEmbedded("tenantry prove, without a superuser", (server) => {
  let database: TestDatabase;
  const url = (name: string) => urlFor(server.adminUrl, database.name, name, server.rolePassword);
  const proveAs = (target: string) =>
    prove(target, { appRoles: ["tenantry_test_app"], root: "tenantry.tenant", only: "public.*" });
  const send = (...statements: readonly string[]) =>
    asAdmin(database.adminUrl, (admin) => admin.query(statements.join(";\n")));
  const reports = { sound: new Map<string, Report>(), wounded: new Map<string, Report>() };

  beforeAll(async () => {
    database = await createSoundDatabase(server);
    await send(
      ...besideTheTables.map(({ base }) => base),
      ...Object.values(logins).flatMap(({ name, make, grant }) => [
        `create role ${name} login nosuperuser ${make} password '${server.rolePassword}'`,
        grant(name),
      ]),
    );
    const targets = [
      ["superuser", database.adminUrl] as const,
      ...Object.entries(logins).map(([what, { name }]) => [what, url(name)] as const),
    ];
    for (const [what, target] of targets) reports.sound.set(what, await proveAs(target));
    await send(...besideTheTables.map(({ plant }) => plant), ...wounds);
    for (const [what, target] of targets) reports.wounded.set(what, await proveAs(target));
  });
  afterAll(async () => {
    await database.drop();
    await asAdmin(server.adminUrl, (admin) =>
      admin.query(
        Object.values(logins)
          .map(({ name }) => `drop role ${name}`)
          .join(";"),
      ),
    );
  });

  it.each(Object.keys(logins))("as %s", (what) => {
    for (const state of ["sound", "wounded"] as const) {
      console.log(
        what,
        state,
        reports[state].get(what)!.milliseconds,
        reports[state].get("superuser")!.milliseconds,
      );
      console.log(differing(reports[state].get("superuser")!, reports[state].get(what)!));
      console.log(reports[state].get(what)!.unproven);
    }
  });
});

function cellsOf({ matrices }: Report): ReadonlyMap<string, Cell> {
  return new Map(
    matrices.flatMap(({ columns, rows }) =>
      rows.flatMap(({ name, cells }) =>
        cells.map((cell, index) => [`${name} ${columns[index]!}`, cell] as const),
      ),
    ),
  );
}

function differing(wanted: Report, seen: Report): readonly string[] {
  const found = cellsOf(seen);
  return [...cellsOf(wanted)].flatMap(([place, { verdict }]) => {
    const cell = found.get(place);
    return cell?.verdict === verdict ? [] : [`${place}: ${verdict}, and ${JSON.stringify(cell)}`];
  });
}
