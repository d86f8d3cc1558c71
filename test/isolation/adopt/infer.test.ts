import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findRoot, inferTables, proposeRoots } from "../../../src/isolation/adopt/infer/index.js";
import { catalogOf, type TableSketch } from "./catalog-of.js";

/** For each table but the root, which earlier one it hangs on. */
const tree = fc.array(fc.nat(), { minLength: 1, maxLength: 30 }).map((parents) => {
  const sketches: TableSketch[] = [{ name: "organizations", to: [] }];
  for (const [index, parent] of parents.entries()) {
    const table = sketches[parent % sketches.length]!.name;
    sketches.push({
      name: `leaf${String.fromCharCode(97 + (index % 26))}${index}`,
      to: [{ column: `up_${index}`, table }],
    });
  }
  return sketches;
});

function classesOf(sketches: readonly TableSketch[], answers = {}) {
  const { tables } = inferTables(catalogOf(sketches), { root: "organizations", answers });
  return Object.fromEntries(
    [...tables.values()].map(({ relation, class: kind, way, depth, through }) => [
      relation.name,
      { kind, way, depth, through },
    ]),
  );
}
const org = { name: "organizations", to: [] };
const wayOf = (name: string, ...sketches: TableSketch[]) => classesOf([org, ...sketches])[name];

describe("inferring from the catalog", () => {
  it("finds every table of a tree under its root, whatever the order", () => {
    fc.assert(
      fc.property(tree, fc.func(fc.integer()), (sketches, order) => {
        const classes = classesOf(sketches);
        expect(Object.values(classes).every(({ kind }) => kind === "tenant")).toBe(true);
        const shuffled = [...sketches].sort((a, b) => order(a.name) - order(b.name));
        expect(classesOf(shuffled)).toEqual(classes);
        expect(proposeRoots(catalogOf(sketches))[0]?.relation.name).toBe("organizations");
      }),
      { numRuns: 60 },
    );
  });

  it("finds the same without foreign keys, by names in whatever spelling", () => {
    for (const column of ["organization_id", "organizationId", "OrganizationID"]) {
      expect(
        wayOf("things", {
          name: "things",
          to: [{ column, table: "organizations", keyless: true }],
        }),
      ).toMatchObject({ kind: "tenant", way: "direct" });
    }
  });

  it("takes the shortest way that no row lacks", () => {
    const projects = {
      name: "projects",
      to: [{ column: "organization_id", table: "organizations" }],
    };
    const found = wayOf("tasks", projects, {
      name: "tasks",
      to: [
        { column: "organization_id", table: "organizations", nullable: true },
        { column: "project_id", table: "projects" },
      ],
    });
    expect(found).toEqual({
      kind: "tenant",
      way: "through",
      depth: 2,
      through: ["project_id -> public.projects.id"],
    });
  });

  it("finds what the root points to, once to each row", () => {
    const billing = { name: "billing_details", to: [] };
    const root = {
      name: "organizations",
      to: [{ column: "billing_id", table: "billing_details", unique: true }],
    };
    expect(classesOf([root, billing])["billing_details"]).toMatchObject({
      way: "inverted",
      through: ["id <- public.organizations.billing_id"],
    });
  });

  it("takes people for nobody's, and asks where a tenant or a person owns a row", () => {
    const users = { name: "users", to: [] };
    const members = {
      name: "members",
      to: [
        { column: "organization_id", table: "organizations" },
        { column: "user_id", table: "users" },
      ],
    };
    const notes = {
      name: "notes",
      to: [
        { column: "organization_id", table: "organizations", nullable: true },
        { column: "user_id", table: "users", nullable: true },
      ],
    };
    const answers = { name: "note_lines", to: [{ column: "note_id", table: "notes" }] };
    const classes = classesOf([org, users, members, notes, answers]);
    expect([classes["users"]?.kind, classes["members"]?.kind]).toEqual(["global", "tenant"]);
    expect([classes["notes"]?.kind, classes["note_lines"]?.kind]).toEqual(["unclear", "unclear"]);
  });

  it("asks where a row has to do with two tenants", () => {
    const both = [
      { column: "from_organization_id", table: "organizations" },
      { column: "to_organization_id", table: "organizations" },
    ];
    expect(wayOf("moves", { name: "moves", to: both })?.kind).toBe("unclear");
  });

  it("asks of a table that nothing leads from, unless it looks like a list, people or a sign-in", () => {
    const users = { name: "users", to: [] };
    const devices = { name: "user_devices", to: [{ column: "user_id", table: "users" }] };
    const lone = ["jobs", "currencies", "sessions", "password_resets", "schema_migrations"];
    const { jobs, ...others } = classesOf([
      org,
      users,
      devices,
      ...lone.map((name) => ({ name, to: [] })),
    ]);
    expect([jobs?.kind, others["user_devices"]?.kind]).toEqual(["unclear", "unclear"]);
    for (const name of ["users", ...lone.slice(1)]) expect(others[name]?.kind).toBe("global");
  });

  it("asks of what others go by first, whatever the tables' names", () => {
    const up = (table: string, nullable = false) => ({ column: `${table}_id`, table, nullable });
    const classes = inferTables(
      catalogOf([
        org,
        { name: "answers", to: [up("zebras")] },
        { name: "zebras", to: [up("organizations", true)] },
        { name: "batches", to: [up("workers")] },
        { name: "workers", to: [] },
      ]),
      { root: "organizations" },
    );
    const questions = Object.fromEntries(
      [...classes.tables.values()].map(({ relation, question }) => [relation.name, question]),
    );
    expect(questions["answers"]).toContain("It goes where public.zebras goes");
    expect(questions["batches"]).toContain("It goes where public.workers goes");
    expect(questions["workers"]).toContain("Nothing leads from public.workers to a tenant");
  });

  it("asks whether what tenants themselves hang on is the tenant", () => {
    const root = { name: "organizations", to: [{ column: "group_id", table: "groups" }] };
    const { tables } = inferTables(catalogOf([{ name: "groups", to: [] }, root]), {
      root: "organizations",
    });
    const [groups] = [...tables.values()].filter(({ relation }) => relation.name === "groups");
    expect(groups?.question).toContain("it stands above them");
    expect(groups?.candidates).toContain("another root: begin anew with --root public.groups");
  });

  it("lets a person's answer decide, and what hangs on it follows", () => {
    const notes = {
      name: "notes",
      to: [{ column: "organization_id", table: "organizations", nullable: true }],
    };
    const lines = { name: "note_lines", to: [{ column: "note_id", table: "notes" }] };
    const through = ["organization_id -> public.organizations.id"];
    const classes = classesOf([org, notes, lines], {
      "public.notes": { class: "tenant", through },
    });
    expect(classes["note_lines"]).toMatchObject({
      kind: "tenant",
      through: ["note_id -> public.notes.id"],
    });
  });

  it("says which tables are likely where the root is not there", () => {
    const things = { name: "things", to: [{ column: "o", table: "organizations" }] };
    expect(() => findRoot(catalogOf([org, things]), "tenants")).toThrow(
      /Likely ones: public\.organizations/,
    );
  });
});
