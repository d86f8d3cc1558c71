import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { run } from "../../../src/cli/run.js";
import { prove } from "../../../src/isolation/prover/prove.js";
import { asAdmin, createTestDatabase, type TestDatabase } from "../../support/databases.js";
import { loginRoles } from "../../support/logins.js";
import { describeOnEmbedded } from "../../support/servers.js";

vi.setConfig({ testTimeout: 60_000 });

describeOnEmbedded("tenantry prove, as a command", (server) => {
  let database: TestDatabase;
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "tenantry-prove-"));
    database = await createTestDatabase(server);
    // Nobody says whose the rows of `odd` are: nothing can be proven of them.
    await asAdmin(database.ownerUrl, (owner) =>
      owner.query(`create table project (name text); select tenantry.protect('project');
        create table odd (name text); grant select on odd to tenantry_app`),
    );
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await database.drop();
  });

  async function command(...args: readonly string[]) {
    const said = { out: "", err: "" };
    const only = args.includes("--only") ? [] : ["--only", "public.*"];
    const code = await run(["prove", "--app-role", loginRoles.app, ...only, ...args], {
      env: { TENANTRY_MIGRATION_DATABASE_URL: database.adminUrl },
      out: (text) => (said.out += text),
      err: (text) => (said.err += text),
    });
    return { code, ...said };
  }
  const alter = (statement: string) =>
    asAdmin(database.adminUrl, (admin) => admin.query(statement));

  it("ends with 1 where something could not be tried, and with 0 where that is allowed", async () => {
    const strict = await command();
    expect(strict.code).toBe(1);
    expect(strict.err).toContain("could not be tried, which is no pass");
    expect(strict.out).toContain("public.odd");
    const lenient = await command("--allow-unproven");
    expect(lenient.code).toBe(0);
    expect(await command("--only", "public.project")).toMatchObject({ code: 0 });
  });

  it("ends with 1 for findings though what was not tried is allowed, from --fail-on up", async () => {
    await alter("grant references on project to tenantry_app");
    const allowed = ["--allow-unproven", "--only", "public.project"];
    expect((await command(...allowed)).code).toBe(1);
    expect((await command(...allowed, "--fail-on", "high")).code).toBe(0);
    await alter("revoke references on project from tenantry_app");
  });

  it("writes one and the same report as JSON, SARIF and HTML", async () => {
    const [html, sarif] = ["html", "sarif"].map((kind) => join(folder, `report.${kind}`));
    await alter("alter table project disable row level security");
    const { code, out, err } = await command("--json", "--html", html!, "--sarif", sarif!);
    await alter("alter table project enable row level security");
    expect({ code, err: err.split("\n").length <= 2 }).toEqual({ code: 1, err: true });
    const report = JSON.parse(out) as {
      tool: string;
      findings: { key: string }[];
      unproven: string[];
    };
    expect(report.tool).toBe("prove");
    const keys = report.findings.map(({ key }) => key);
    expect(keys).toContain("foreign-read:public.project");
    expect(report.unproven.join()).toContain("public.odd");
    const log = JSON.parse(readFileSync(sarif!, "utf8")) as {
      runs: { results: { ruleId: string }[] }[];
    };
    expect(log.runs[0]!.results.map(({ ruleId }) => ruleId).sort()).toEqual(
      keys.map((key) => key.split(":")[0]!).sort(),
    );
    const page = readFileSync(html!, "utf8");
    for (const text of ["public.project", "foreign-read", "public.odd"]) {
      expect(page).toContain(text);
    }
  });

  it("says that nothing was left behind where its backend is ended in the middle", async () => {
    const end = `select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and application_name = 'tenantry'`;
    await asAdmin(database.adminUrl, async (admin) => {
      let ending: Promise<{ rowCount: number | null }> | undefined;
      const proof = prove(database.adminUrl, {
        appRoles: [loginRoles.app],
        onStep: (step) => {
          if (step.startsWith("trying")) ending = admin.query(end);
        },
      });
      await expect(proof).rejects.toMatchObject({
        code: "PROOF_IMPOSSIBLE",
        message: expect.stringMatching(/connection.*lost.*rolled the transaction back/s) as string,
      });
      expect((await ending)?.rowCount).toBe(1);
    });
    const { rows } = await alter("select count(*)::int as rows from project");
    expect(rows).toEqual([{ rows: 0 }]);
  });
});
