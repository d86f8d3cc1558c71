import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checklist } from "../../../src/isolation/checklist/checklist.js";
import type { ChecklistOptions } from "../../../src/isolation/checklist/options.js";
import { asAdmin, createTestDatabase, type TestDatabase } from "../../support/databases.js";
import { loginRoles } from "../../support/logins.js";
import { embeddedServer, suiteTitle } from "../../support/servers.js";
import { answersIn, found } from "./support.js";

const server = embeddedServer();

describe(suiteTitle("the checklist, of a database", server), () => {
  let database: TestDatabase;
  const admin = (text: string) => asAdmin(database.adminUrl, (client) => client.query(text));
  const ask = (options: Partial<ChecklistOptions> = {}) =>
    checklist({ database: database.adminUrl, appRoles: [loginRoles.app], ...options });

  beforeAll(async () => {
    database = await createTestDatabase(server);
    await asAdmin(database.ownerUrl, (owner) =>
      owner.query(`create table project (id uuid default gen_random_uuid(), name text not null);
        select tenantry.protect('project');
        alter table project add primary key (tenant_id, id)`),
    );
  });
  afterAll(() => database?.drop());

  /** What the checklist says between two statements. */
  async function between(
    spoil: string,
    mend: string,
    options: Partial<ChecklistOptions> = {},
  ): ReturnType<typeof ask> {
    await admin(spoil);
    try {
      return await ask(options);
    } finally {
      await admin(mend);
    }
  }

  it("holds in what catalogs show, and asks for an event before it says that any is recorded", async () => {
    const answers = answersIn(await ask());
    expect(answers.get("K6")).toMatchObject({
      verdict: "holds",
      evidence: expect.stringMatching(/^\d+: .* 9 of them by a manifest/) as string,
    });
    expect(answers.get("K7")!.verdict).toBe("holds");
    expect(answers.get("K7")!.evidence).toMatch(/\d+ tenant tables/);
    expect(answers.get("K12")).toMatchObject({
      verdict: "unproven",
      evidence: expect.stringContaining("None holds an event yet") as string,
    });
    const event = "insert into tenantry.account_event (type, outcome) values ('test', 'done')";
    const recorded = await between(event, "truncate tenantry.account_event", {
      only: ["K12"],
    });
    expect(answersIn(recorded).get("K12")).toMatchObject({
      verdict: "holds",
      evidence: expect.stringMatching(/3 of 3 .* The last event is of 2\d{3}-/) as string,
    });
  });

  it.each([
    [
      "K6",
      "create table loose (id int); grant select on loose to tenantry_app",
      "drop table loose",
      /public\.loose: .*nobody said whose rows/,
    ],
    [
      "K7",
      "alter table project disable row level security",
      "alter table project enable row level security",
      /public\.project: .*row security disabled/,
    ],
    [
      "K7",
      "create policy hole on project as permissive for select to tenantry_app using (true); drop policy tenantry_floor on project",
      "drop policy hole on project; select tenantry.protect('project')",
      /public\.project: /,
    ],
    [
      "K12",
      "grant delete on tenantry.account_event to tenantry_app",
      "revoke delete on tenantry.account_event from tenantry_app",
      /tenantry\.account_event: .*may DELETE/,
    ],
    [
      "K12",
      "create table audit_log (id int, at timestamptz); grant insert, truncate on audit_log to tenantry_app",
      "drop table audit_log",
      /public\.audit_log: .*may TRUNCATE/,
    ],
  ])("says open in %s after %s", async (id, spoil, mend, seen) => {
    const report = await between(spoil, mend, { only: [id] });
    expect(answersIn(report).get(id)!.verdict).toBe("open");
    expect(found(report, id).join("\n")).toMatch(seen);
  });

  it("takes the table of events that is named, and says where there is none", async () => {
    const named = await between(
      "create table happened (at timestamptz default now()); insert into happened default values",
      "drop table happened",
      { auditTable: "public.happened", only: ["K12"] },
    );
    expect(answersIn(named).get("K12")!.evidence).toMatch(/^public\.happened: 1 of 1/);
    const missing = answersIn(await ask({ auditTable: "public.nowhere", only: ["K12"] })).get(
      "K12",
    )!;
    expect(missing).toMatchObject({ verdict: "unproven" });
    expect(missing.evidence).toContain("--audit-table");
  });

  describe("with a service that asks the registry", () => {
    let close: () => Promise<void>;
    let service: Pick<ChecklistOptions, "baseUrl" | "hosts">;
    let remembers = false;
    let leavesOpen = false;
    const memory = new Map<string, string>();

    beforeAll(async () => {
      const pool = new pg.Pool({ connectionString: database.adminUrl, max: 2 });
      pool.on("error", () => undefined);
      await admin(
        `insert into tenantry.tenant (id, slug, name) values
           (gen_random_uuid(), 'acme', 'Acme'), (gen_random_uuid(), 'globex', 'Globex')`,
      );
      const app = new pg.Pool({ connectionString: database.appUrl, max: 1 });
      app.on("error", () => undefined);
      const status = async (slug: string) => {
        const known = memory.get(slug);
        if (remembers && known !== undefined) return known;
        const { rows } = await pool.query<{ status: string }>(
          "select status from tenantry.tenant where slug = $1",
          [slug],
        );
        if (rows[0] !== undefined) memory.set(slug, rows[0].status);
        return rows[0]?.status;
      };
      const http = createServer((request, response) => {
        if (leavesOpen && request.method === "POST") {
          void app.query("begin").finally(() => response.destroy());
          return;
        }
        const slug = (request.headers.host ?? "").split(".")[0]!;
        void status(slug).then((found) => {
          response.statusCode = found === "active" ? 200 : found === undefined ? 421 : 403;
          response.end(found === "active" && request.url === "/" ? `the page of ${slug}` : "no");
        });
      });
      await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
      service = {
        baseUrl: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
        hosts: ["acme.app.localhost", "globex.app.localhost"],
      };
      close = async () => {
        http.closeAllConnections();
        http.close();
        await pool.end();
        await app.end();
      };
    });
    afterAll(() => close?.());

    const live = async (options: Partial<ChecklistOptions>) => {
      const report = await ask({ ...service, only: ["K4"], hearWithin: 1_000, ...options });
      return { ...answersIn(report).get("K4")!, found: found(report, "K4") };
    };
    const mine = () =>
      asAdmin(database.adminUrl, async (client) => {
        const { rows } = await client.query<{ status: string }>(
          "select status from tenantry.tenant where slug like 'checklist-%'",
        );
        return rows.map(({ status }) => status);
      });

    it("proves nothing of the registry unless it may write", async () => {
      const { verdict, evidence } = await live({});
      expect(verdict).toBe("unproven");
      expect(evidence).toContain("--write");
      expect(await mine()).toEqual([]);
    });

    it("sees a tenant of its own come, be suspended and refused, and archives it", async () => {
      const { verdict, evidence } = await live({ write: true });
      expect(verdict, evidence).toBe("holds");
      expect(evidence).toMatch(/answered 200 after \d+ ms.*suspended, it was answered 403/);
      expect(await mine()).toEqual(["archived"]);
    });

    it("says open where the service remembers a suspended tenant", async () => {
      remembers = true;
      const { verdict, found: said } = await live({ write: true });
      remembers = false;
      expect(verdict).toBe("open");
      expect(said.join()).toContain("was suspended, and its host was still answered 200");
      expect(await mine()).toEqual(["archived", "archived"]);
    });

    it("proves nothing where the login may not write, and names the option", async () => {
      const { verdict, evidence } = await live({ write: true, operatorDatabase: database.appUrl });
      expect([verdict, evidence]).toEqual([
        "unproven",
        expect.stringContaining("--operator-url") as string,
      ]);
    });

    it("says open where a failed request leaves its transaction open", async () => {
      const options = { ...service, only: ["K5"] };
      leavesOpen = true;
      const report = await ask(options);
      const blind = await ask({ ...options, database: database.operatorUrl });
      leavesOpen = false;
      expect(answersIn(blind).get("K5")!.evidence).toContain("sessions were not seen");
      expect(found(report, "K5")).toEqual([
        expect.stringMatching(/^role tenantry_test_app: .*left idle in transaction/) as string,
      ]);
    });

    it("says open where the triggers that announce changes sleep", async () => {
      await admin("alter table tenantry.tenant disable trigger announce");
      const { verdict, found: said } = await live({});
      await admin("alter table tenantry.tenant enable trigger announce");
      expect(verdict).toBe("open");
      expect(said.join()).toContain("tenantry.tenant: The trigger announce");
    });
  });
});
