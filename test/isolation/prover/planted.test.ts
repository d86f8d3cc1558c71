import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { prove } from "../../../src/isolation/prover/prove.js";
import type { Cell, Report } from "../../../src/isolation/report/report.js";
import { asAdmin, type TestDatabase } from "../../support/databases.js";
import { urlFor } from "../../support/logins.js";
import { describeOnEmbedded } from "../../support/servers.js";
import { besideTheTables } from "./support/beside.js";
import { inTheTables } from "./support/gaps.js";
import { openIn } from "./support/plant.js";
import { createSoundDatabase } from "./support/sound.js";

// A database of some twenty tables is proven again and again before the first test.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 240_000 });

const suffix = randomBytes(4).toString("hex");
const ofOwner = (name: string) => `grant tenantry_owner, tenantry_test_app to ${name}`;

/** Logins that are no superusers: how each is made, and how many cells it may leave unproven. */
const logins = [
  {
    what: "the owner of the tables",
    name: `tenantry_prv_owner_${suffix}`,
    make: "nocreaterole",
    grant: ofOwner,
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
    grant: ofOwner,
    unproven: 2,
  },
];

describeOnEmbedded("tenantry prove, where gaps are planted", (server) => {
  let database: TestDatabase;
  const urlOf = (name: string) => urlFor(server.adminUrl, database.name, name, server.rolePassword);
  const proveAs = (url: string) =>
    prove(url, { appRoles: ["tenantry_test_app"], root: "tenantry.tenant", only: "public.*" });
  const send = (url: string, ...statements: readonly string[]) =>
    asAdmin(url, (admin) => admin.query(statements.join(";\n")));
  /** A superuser's, before and after; and what the logins said each time. */
  let sound: Report;
  let planted: Report;
  const compared: { readonly what: string; readonly wanted: Report; readonly seen: Report }[] = [];
  const compare = async (wanted: Report, { what, name }: (typeof logins)[number]) => {
    compared.push({ what, wanted, seen: await proveAs(urlOf(name)) });
  };

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
    sound = await proveAs(database.adminUrl);
    await compare(sound, logins[0]!);
    await send(
      database.adminUrl,
      ...[...besideTheTables, ...inTheTables].map(({ plant }) => plant),
    );
    planted = await proveAs(database.adminUrl);
    for (const login of logins) await compare(planted, login);
  });
  afterAll(async () => {
    await database.drop();
    await send(server.adminUrl, ...logins.map(({ name }) => `drop role if exists ${name}`));
  });

  it("finds nothing where nothing is planted, and tries everything", () => {
    // Whose policy asks a function that gives several tenants, and so no index condition.
    expect(openIn(sound)).toEqual(["public.papers oracle"]);
    expect(sound.unproven).toEqual([]);
  });

  describe.each([...inTheTables, ...besideTheTables])("$gap", ({ cell, rule }) => {
    it("is noticed", () => {
      expect(openIn(planted)).toContain(cell);
      expect(planted.findings.map((each) => each.rule.id)).toContain(rule);
    });
    it("is not alleged of its sound twin", () => {
      expect(openIn(sound)).not.toContain(cell);
      expect(sound.findings.map((each) => each.rule.id)).not.toContain(rule);
    });
  });

  describe.each(logins)("$what", ({ what, name, unproven }) => {
    const own = () => compared.filter((each) => each.what === what);

    it("comes to a superuser's verdicts, or says why it comes to none", () => {
      for (const { wanted, seen } of own()) {
        const others = differences(wanted, seen);
        expect(others.filter(({ verdict, note }) => verdict !== "unproven" || !note)).toEqual([]);
        expect(others.length).toBeLessThanOrEqual(unproven);
      }
    });

    it("sees what is open in the tables themselves", () => {
      const seen = openIn(own().at(-1)!.seen);
      expect(inTheTables.map(({ cell }) => cell).filter((cell) => !seen.includes(cell))).toEqual(
        [],
      );
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

  it("is refused to a login that cannot so much as write the tables, with the mend", async () => {
    const { name } = logins[0]!;
    await send(database.adminUrl, `revoke tenantry_owner from ${name}`);
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
