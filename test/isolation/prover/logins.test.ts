import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { prove } from "../../../src/isolation/prover/prove.js";
import type { Cell, Report } from "../../../src/isolation/report/report.js";
import { asAdmin, type TestDatabase } from "../../support/databases.js";
import { urlFor } from "../../support/logins.js";
import { describeOnEmbedded } from "../../support/servers.js";
import { besideTheTables } from "./support/beside.js";
import { createSoundDatabase } from "./support/sound.js";

// Eight proofs of some twenty tables each, all in one go.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const suffix = randomBytes(4).toString("hex");
const owner = (name: string) => `grant tenantry_owner, tenantry_test_app to ${name}`;

/** Logins that are no superusers: how each is made, and how many cells it may leave unproven. */
const logins = [
  {
    what: "the owner of the tables",
    name: `tenantry_prv_owner_${suffix}`,
    make: "nocreaterole",
    grant: owner,
    unproven: 6,
  },
  {
    what: "a cloud's administrator, who may but grant itself the application's role",
    name: `tenantry_prv_cloud_${suffix}`,
    make: "createrole createdb",
    grant: (name: string) =>
      `grant tenantry_owner to ${name}; grant tenantry_test_app to ${name} with admin true, set false, inherit false`,
    unproven: 6,
  },
  {
    what: "a login with BYPASSRLS",
    name: `tenantry_prv_bypass_${suffix}`,
    make: "bypassrls",
    grant: owner,
    unproven: 2,
  },
];

/** Gaps in the tables themselves, which do not get into each other's way. */
const wounds = [
  "alter table projects disable row level security",
  `drop policy tenantry_floor on tasks;
   create policy open_update on tasks for update using (true) with check (true);
   create policy open_insert on tasks for insert with check (true)`,
  "grant truncate on labels to tenantry_app",
  "create view volume as select count(*) as events from events; grant select on volume to tenantry_app",
  "create function everything() returns setof labels language sql stable security definer as 'select * from labels'",
];
/** Where each of them shows. */
const woundedPlaces = [
  "public.projects read",
  "public.tasks insert",
  "public.tasks update",
  "public.labels privilege",
  "public.volume verdict",
  "public.everything() verdict",
];

describeOnEmbedded("tenantry prove, without a superuser", (server) => {
  let database: TestDatabase;
  const urlOf = (name: string) => urlFor(server.adminUrl, database.name, name, server.rolePassword);
  const proveAs = (url: string) =>
    prove(url, { appRoles: ["tenantry_test_app"], root: "tenantry.tenant", only: "public.*" });
  const send = (url: string, ...statements: readonly string[]) =>
    asAdmin(url, (admin) => admin.query(statements.join(";\n")));
  /** As a superuser and as each of the logins. */
  const proveAsAll = async () => {
    const reports = new Map<string, Report>([["superuser", await proveAs(database.adminUrl)]]);
    for (const { what, name } of logins) reports.set(what, await proveAs(urlOf(name)));
    return reports;
  };
  let sound: ReadonlyMap<string, Report>;
  let wounded: ReadonlyMap<string, Report>;

  beforeAll(async () => {
    database = await createSoundDatabase(server);
    await send(
      database.adminUrl,
      ...besideTheTables.map(({ base }) => base),
      ...logins.flatMap(({ name, make, grant }) => [
        `create role ${name} login nosuperuser ${make} password '${server.rolePassword}'`,
        grant(name),
      ]),
    );
    sound = await proveAsAll();
    await send(database.adminUrl, ...besideTheTables.map(({ plant }) => plant), ...wounds);
    wounded = await proveAsAll();
  });
  afterAll(async () => {
    await database.drop();
    await send(server.adminUrl, ...logins.map(({ name }) => `drop role if exists ${name}`));
  });

  describe.each(logins)("$what", ({ what, name, unproven }) => {
    it("comes to a superuser's verdicts, or says why it comes to none", () => {
      for (const reports of [sound, wounded]) {
        const differing = differences(reports.get("superuser")!, reports.get(what)!);
        expect(differing.filter(({ verdict, note }) => verdict !== "unproven" || !note)).toEqual(
          [],
        );
        expect(differing.length).toBeLessThanOrEqual(unproven);
      }
    });

    it("sees what is open in the tables themselves", () => {
      const cells = cellsOf(wounded.get(what)!);
      for (const place of woundedPlaces) {
        expect({ place, verdict: cells.get(place)?.verdict }).toEqual({ place, verdict: "open" });
      }
    });

    it("leaves no membership behind", async () => {
      const { rows } = await asAdmin(database.adminUrl, (admin) =>
        admin.query<{ may: boolean }>("select pg_has_role($1, 'tenantry_test_app', 'SET') as may", [
          name,
        ]),
      );
      expect(rows[0]!.may).toBe(!what.includes("cloud"));
    });
  });

  it("is refused to one who cannot so much as write the tables, with the mend", async () => {
    const { name } = logins[0]!;
    await send(
      database.adminUrl,
      `alter role ${name} noinherit; revoke tenantry_owner from ${name}`,
    );
    await expect(proveAs(urlOf(name))).rejects.toMatchObject({
      code: "PROOF_IMPOSSIBLE",
      message: expect.stringContaining("an owner's or a superuser's") as string,
    });
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

/** What the one says otherwise than the other, where that one proved something. */
function differences(wanted: Report, seen: Report) {
  const found = cellsOf(seen);
  return [...cellsOf(wanted)].flatMap(([place, { verdict: expected }]) => {
    const { verdict, note } = found.get(place) ?? { verdict: "missing", note: undefined };
    return verdict === expected || expected === "unproven"
      ? []
      : [{ place, expected, verdict, note }];
  });
}
