import { readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createTenantry, fromHost } from "tenantry";
import { describe, expect, it, onTestFinished } from "vitest";
import { startDevelopmentDatabase, type DevelopmentDatabase } from "./development.js";
import { temporaryDirectory, value } from "./embedded.test-support.js";

async function startFor(directory: string, steps: string[] = []): Promise<DevelopmentDatabase> {
  const database = await startDevelopmentDatabase({
    directory,
    onStep: (step) => steps.push(step),
  });
  onTestFinished(() => database.stop());
  return database;
}

describe("the development database", () => {
  it("is one that Tenantry's own start-up check accepts", async () => {
    const { environment } = await startFor(await temporaryDirectory());
    const tenantry = createTenantry({
      onEvent: () => undefined,
      database: environment.DATABASE_URL,
      operatorDatabase: environment.TENANTRY_OPERATOR_DATABASE_URL,
      secret: environment.TENANTRY_SECRET,
      resolve: [fromHost({ baseDomain: "app.localhost" })],
    });
    await tenantry.ready();
    const { id } = await tenantry.tenants.create({ slug: "acme", name: "Acme" });
    expect(await tenantry.tenants.find({ by: "slug", value: "acme" })).toMatchObject({ id });
    await tenantry.close();
  });

  it("has a login of identity's role and of no other", async () => {
    const { environment } = await startFor(await temporaryDirectory());
    const url = environment.TENANTRY_IDENTITY_DATABASE_URL;
    const roles = `select string_agg(r.rolname, ' ' order by r.rolname) from pg_auth_members m
      join pg_roles r on r.oid = m.roleid where m.member = current_user::regrole`;
    expect(await value(url, roles)).toBe("tenantry_identity");
    expect(await value(url, "select count(*)::int from tenantry.account")).toBe(0);
    await expect(
      value(environment.DATABASE_URL, "select count(*) from tenantry.account"),
    ).rejects.toThrow("permission denied");
  });

  it("has a migration login that can make a table and protect it", async () => {
    const { environment } = await startFor(await temporaryDirectory());
    const url = environment.TENANTRY_MIGRATION_DATABASE_URL;
    await value(url, "create table project (id uuid primary key, name text)");
    await value(url, "select tenantry.protect('project')");
    const state = `select relowner::regrole::text || ' ' || relforcerowsecurity
      from pg_class where oid = 'project'::regclass`;
    expect(await value(url, state)).toBe("tenantry_owner true");
    await expect(
      value(environment.DATABASE_URL, "insert into project (id) values (gen_random_uuid())"),
    ).rejects.toThrow();
  });

  it("keeps data, credentials and secret from one start to the next", async () => {
    const directory = await temporaryDirectory();
    const first = await startFor(directory);
    await value(
      first.environment.TENANTRY_MIGRATION_DATABASE_URL,
      "create table kept as select 42 as answer",
    );
    await first.stop();
    const steps: string[] = [];
    const second = await startFor(directory, steps);
    expect(second.environment).toEqual(first.environment);
    expect(
      await value(second.environment.TENANTRY_MIGRATION_DATABASE_URL, "select answer from kept"),
    ).toBe(42);
    expect(steps.filter((step) => step.startsWith("applying"))).toEqual([]);
  });

  it("gives nobody else the credentials, and keeps them out of version control", async () => {
    const directory = await temporaryDirectory();
    await startFor(directory);
    expect((await stat(join(directory, "credentials.json"))).mode & 0o777).toBe(0o600);
    expect(await readFile(join(directory, ".gitignore"), "utf8")).toBe("*\n");
    expect(await readdir(directory)).toEqual([".gitignore", "credentials.json", "postgres"]);
  });

  it("makes new passwords where the credentials were deleted, and keeps the data", async () => {
    const directory = await temporaryDirectory();
    const first = await startFor(directory);
    await first.stop();
    await rm(join(directory, "credentials.json"));
    const second = await startFor(directory);
    expect(second.environment.DATABASE_URL).not.toBe(first.environment.DATABASE_URL);
    expect(await value(second.environment.DATABASE_URL, "select 1")).toBe(1);
  });

  it("adds the password of a login that an earlier version did not have", async () => {
    const directory = await temporaryDirectory();
    const first = await startFor(directory);
    await first.stop();
    const path = join(directory, "credentials.json");
    const kept = JSON.parse(await readFile(path, "utf8")) as object;
    const earlier = { ...kept, identityPassword: undefined };
    await writeFile(path, JSON.stringify(earlier));
    const { environment } = await startFor(directory);
    const { TENANTRY_IDENTITY_DATABASE_URL: url, ...others } = environment;
    expect(first.environment).toMatchObject(others);
    expect(await value(url, "select 1")).toBe(1);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it("does not guess at damaged credentials, and leaves no server running", async () => {
    const directory = await temporaryDirectory();
    await (await startFor(directory)).stop();
    await writeFile(join(directory, "credentials.json"), `{"secret":"x"}`);
    await expect(startDevelopmentDatabase({ directory })).rejects.toThrow("is damaged");
    expect(await readdir(join(directory, "postgres"))).not.toContain("owner.json");
  });
});
