import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { proveIsolation } from "tenantry/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run } from "../../src/cli/run.js";
import { manifestSchema } from "../../src/isolation/manifest/manifest.js";
import { asAdmin, createTestDatabase, type TestDatabase } from "../support/databases.js";
import { loginRoles } from "../support/logins.js";
import { embeddedServer, suiteTitle } from "../support/servers.js";

const server = embeddedServer();

/** One server proves what two would: the checks and probes have their own suites. */
describe(suiteTitle("audit and prove, as commands and in tests", server), () => {
  let database: TestDatabase;
  let folder: string;
  let manifestFile: string;
  const oldServer = { key: "V1:*", reason: "the server of the tests is what its package has" };
  const manifest = manifestSchema.parse({ version: 1, suppressions: [oldServer] });

  beforeAll(async () => {
    database = await createTestDatabase(server);
    await asAdmin(database.ownerUrl, (owner) =>
      owner.query(`create table project (id uuid default gen_random_uuid(), name text not null);
        select tenantry.protect('project');
        alter table project add primary key (tenant_id, id)`),
    );
    folder = mkdtempSync(join(tmpdir(), "tenantry-report-"));
    manifestFile = join(folder, "manifest.json");
    const { writeManifest } = await import("../../src/isolation/manifest/manifest-file.js");
    writeManifest(manifestFile, manifest);
  });
  afterAll(async () => {
    await database.drop();
    rmSync(folder, { recursive: true });
  });

  async function command(...args: readonly string[]) {
    const said = { out: "", err: "" };
    const code = await run(args, {
      env: { TENANTRY_MIGRATION_DATABASE_URL: database.adminUrl },
      out: (text) => (said.out += text),
      err: (text) => (said.err += text),
    });
    return { code, ...said };
  }
  const judge = (tool: string, ...args: readonly string[]) =>
    command(tool, "--app-role", loginRoles.app, "--manifest", manifestFile, ...args);

  /** With row security off on one table, and on again. */
  async function broken<T>(work: () => Promise<T>): Promise<T> {
    const alter = (what: string) =>
      asAdmin(database.adminUrl, (admin) =>
        admin.query(`alter table project ${what} row level security`),
      );
    await alter("disable");
    try {
      return await work();
    } finally {
      await alter("enable");
    }
  }

  it.each(["audit", "prove"])(
    "%s ends with 0 on a sound database, and with 1 on a broken one",
    async (tool) => {
      expect(await judge(tool)).toMatchObject({ code: 0 });
      const { code, out } = await broken(() => judge(tool, "--json"));
      expect(code).toBe(1);
      const { findings } = JSON.parse(out) as { findings: { subject: string; severity: string }[] };
      expect(findings).toContainEqual(
        expect.objectContaining({ subject: "public.project", severity: "critical" }),
      );
    },
  );

  it("writes the report as HTML and as SARIF", async () => {
    const files = ["html", "sarif"].map((kind) => join(folder, `report.${kind}`));
    await judge("audit", "--html", files[0]!, "--sarif", files[1]!);
    const [page, log] = files.map((file) => readFileSync(file, "utf8"));
    expect(page).toContain("public.project");
    expect(JSON.parse(log!)).toMatchObject({ version: "2.1.0" });
  });

  it.each([
    ["a severity that is none", ["--fail-on", "bad"], "critical, high, medium, low"],
    ["a role that is none", ["--app-role", "nobody_at_all"], "--app-role"],
    ["a manifest that is none", ["--manifest", "/nowhere/at-all.json"], "MANIFEST|manifest"],
    [
      "a database that is none",
      ["--database-url", "postgres://127.0.0.1:1/x"],
      "could not be reached",
    ],
  ])("ends with 2 for %s, and says the mend", async (_, args, mend) => {
    for (const tool of ["audit", "prove"]) {
      const { code, err, out } = await command(tool, ...args);
      expect([code, out]).toEqual([2, ""]);
      expect(err).toMatch(new RegExp(mend));
    }
  });

  it("is one line in a test, which fails with what was found and the mend", async () => {
    const options = { pool: database.adminUrl, appRoles: [loginRoles.app], manifest };
    expect((await proveIsolation(options)).map(({ tool }) => tool)).toEqual(["audit", "prove"]);
    await expect(broken(() => proveIsolation(options))).rejects.toMatchObject({
      code: "ISOLATION_BROKEN",
      message: expect.stringMatching(/public\.project.*ENABLE ROW LEVEL SECURITY/s) as string,
    });
  });
});
