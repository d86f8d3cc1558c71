import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { embeddedServer } from "../../../test/support/servers.js";
import type { Project, ProjectPage } from "../src/api/projects.js";
import { demoTenants, idOnlyOf, markOf, projectIds } from "../src/seed/tenants.js";
import { runTracker, withoutDate, type RunningTracker } from "./running-tracker.js";

const [acme, globex] = demoTenants as [(typeof demoTenants)[0], (typeof demoTenants)[0]];
const json = { "content-type": "application/json" };

let running: RunningTracker;
const ask = (...given: Parameters<RunningTracker["ask"]>) => running.askAs("owner", ...given);
const post = (host: string, fields: unknown) =>
  ask(host, "/api/projects", { method: "POST", headers: json, body: JSON.stringify(fields) });

beforeAll(async () => {
  running = await runTracker(embeddedServer(), { injectableSearch: false });
});
afterAll(() => running.close());

async function allProjects(host: string): Promise<readonly Project[]> {
  const all: Project[] = [];
  let next: string | null = "0";
  while (next !== null) {
    const answer = await ask(host, `/api/projects?limit=50&cursor=${next}`);
    const page = JSON.parse(answer.body) as ProjectPage;
    all.push(...page.projects);
    next = page.next;
  }
  return all;
}

describe("a tenant's API", () => {
  it.each([acme, globex])("pages through all of $name's projects, and only those", async (own) => {
    const projects = await allProjects(`${own.slug}.localhost`);
    expect(projects.map(({ id }) => id)).toEqual(projectIds(own));
    expect(projects.every(({ description }) => description.startsWith(markOf(own)))).toBe(true);
  });

  it("answers for a colliding id with the project of the host's own tenant", async () => {
    const [one, other] = await Promise.all([
      ask("acme.localhost", "/api/projects/1"),
      ask("globex.localhost", "/api/projects/1"),
    ]);
    expect(one.body).toContain(markOf(acme));
    expect(other.body).toContain(markOf(globex));
  });

  it("keeps every answer about a tenant out of caches", async () => {
    const { headers } = await ask("acme.localhost", "/api/projects/1");
    expect(headers).toMatchObject({ "cache-control": "private, no-store", vary: "authorization" });
  });

  it("creates, changes and deletes a project without touching the other tenant's of that id", async () => {
    const before = await allProjects("globex.localhost");
    const created = await post("acme.localhost", { name: "  Bridge  " });
    const { id, name, status } = JSON.parse(created.body) as Project;
    expect({ status: created.status, id, name, as: status }).toEqual({
      status: 201,
      id: acme.projects + 1,
      name: "Bridge",
      as: "planned",
    });
    const path = created.headers["location"]!;
    const change = { method: "PATCH", headers: json, body: JSON.stringify({ status: "done" }) };
    expect(JSON.parse((await ask("acme.localhost", path, change)).body)).toMatchObject({
      name: "Bridge",
      status: "done",
    });
    expect((await ask("acme.localhost", path, { method: "DELETE" })).status).toBe(204);
    expect((await ask("acme.localhost", path)).status).toBe(404);
    expect(await allProjects("globex.localhost")).toEqual(before);
  });

  it("never gives an id out twice, however many ask at once", async () => {
    const made = await Promise.all(
      Array.from({ length: 20 }, (_, n) => post("acme.localhost", { name: `At once ${n}` })),
    );
    const ids = made.map(({ body }) => (JSON.parse(body) as Project).id);
    expect(new Set(ids).size).toBe(20);
    await Promise.all(
      ids.map((id) => ask("acme.localhost", `/api/projects/${id}`, { method: "DELETE" })),
    );
  });

  it("searches documents by a parameter, so that an injection finds nothing", async () => {
    const search = (text: string) =>
      ask("acme.localhost", `/api/documents?${new URLSearchParams({ search: text })}`);
    expect((await search("price list")).body).toContain(markOf(acme));
    expect((await search("zzz%' union all select id, title, body from documents --")).body).toBe(
      '{"documents":[]}',
    );
    expect((await search("%")).body).toBe('{"documents":[]}');
  });

  it("sums up each tenant's own invoices", async () => {
    const countOf = async (host: string) => {
      const { body } = await ask(host, "/api/invoices/summary");
      const { summary } = JSON.parse(body) as { summary: { invoices: number }[] };
      return summary.reduce((sum, { invoices }) => sum + invoices, 0);
    };
    expect(await countOf("acme.localhost")).toBe(acme.invoices);
    expect(await countOf("globex.localhost")).toBe(globex.invoices);
  });

  it("has no second search that can be injected", async () => {
    expect((await ask("acme.localhost", "/api/usual-way/documents?search=a")).status).toBe(404);
  });
});

describe("an id of another tenant", () => {
  const theirs = idOnlyOf(globex, acme);
  const never = ["1999999999", "0", "-1", "1.5", "99999999999999999999", "x", "%00"];

  it.each(["GET", "PATCH", "DELETE"])(
    "is answered to %s like an id that never existed, body and headers",
    async (method) => {
      const init = {
        method,
        ...(method === "PATCH" ? { headers: json, body: '{"name":"Taken over"}' } : {}),
      };
      const foreign = withoutDate(await ask("acme.localhost", `/api/projects/${theirs}`, init));
      expect(foreign.status).toBe(404);
      for (const id of never) {
        const answer = await ask("acme.localhost", `/api/projects/${id}`, init);
        expect(withoutDate(answer), id).toEqual(foreign);
      }
      expect((await ask("globex.localhost", `/api/projects/${theirs}`)).status).toBe(200);
    },
  );
});

describe("a request that is wrong", () => {
  it.each([
    ["?limit=0", "`limit`"],
    ["?limit=101", "`limit`"],
    ["?limit=ten", "`limit`"],
    ["?limit=1&limit=2", "more than once"],
    ["?cursor=-1", "`cursor`"],
    ["?cursor=1e3", "`cursor`"],
    ["?page=2", "known are: limit, cursor"],
  ])("is told so: GET /api/projects%s", async (query, detail) => {
    const answer = await ask("acme.localhost", `/api/projects${query}`);
    expect(answer.status).toBe(400);
    expect(answer.body).toContain(detail);
  });

  it.each([
    [{}, "`name` is missing"],
    [{ name: " " }, "`name` is empty"],
    [{ name: 7 }, "`name`"],
    [{ name: "x".repeat(121) }, "`name`"],
    [{ name: "a\u0000b" }, "`name`"],
    [{ name: "a", status: "late" }, "planned, active, done"],
    [{ name: "a", description: "x".repeat(2001) }, "`description`"],
    [{ name: "a", tenant_id: "01890000-0000-7000-8abc-000000000001" }, "no other"],
    [[], "JSON object"],
  ])("is told so: POST %j", async (fields, detail) => {
    const answer = await post("acme.localhost", fields);
    expect(answer.status).toBe(400);
    expect(answer.body).toContain(detail);
  });

  it("is told when a PATCH changes nothing", async () => {
    const init = { method: "PATCH", headers: json, body: "{}" };
    expect((await ask("acme.localhost", "/api/projects/1", init)).status).toBe(400);
  });

  it("gets no more than the status for JSON that is none, and for too much of it", async () => {
    const send = (body: string, headers: Readonly<Record<string, string>> = json) =>
      ask("acme.localhost", "/api/projects", { method: "POST", headers, body });
    const broken = await send('{"name": ');
    expect([broken.status, broken.body]).toEqual([
      400,
      '{"error":{"code":"REQUEST_INVALID","title":"Bad request"}}',
    ]);
    expect((await send(JSON.stringify({ name: "x".repeat(20_000) }))).status).toBe(413);
    expect((await send('{"name":"a"}', { "content-type": "text/plain" })).status).toBe(400);
  });

  it("gets a generic 404 for a path that there is not", async () => {
    const answer = await ask("acme.localhost", "/api/nothing?<script>");
    expect([answer.status, answer.body]).toEqual([
      404,
      '{"error":{"code":"NOT_FOUND","title":"Not found"}}',
    ]);
  });
});
