import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { columns, type Column } from "../../src/isolation/probe/ledger.js";
import { probe } from "../../src/isolation/probe/probe.js";
import type { Report } from "../../src/isolation/report/report.js";
import { asAdmin } from "../support/databases.js";
import { embeddedServer } from "../support/servers.js";
import type { Bug } from "./service/bugs.js";
import { openService, type ProbedService } from "./service/service.js";

let service: ProbedService;
beforeAll(async () => {
  service = await openService(embeddedServer());
});
afterAll(() => service?.close());

describe("probe, at a sound GraphQL endpoint", () => {
  it("finds nothing, proves every field, calls no action on what it did not make, and leaves nothing", async () => {
    const { baseUrl, identities } = await service.listen();
    // The rest is HTTP's, whatever is asked.
    const attacks = columns.filter(
      (each) => !["timing", "hosts", "credentials", "caching"].includes(each),
    );
    const report = await probe({ baseUrl, identities, graphql: "/api/graphql", attacks });
    expect(
      report.findings.map(({ rule, subject, message }) => [rule.id, subject, message]),
    ).toEqual([
      ["P20", "mutation archiveEverything", expect.stringContaining("--destructive allows it")],
    ]);
    expect(unprovenIn(report)).toEqual([]);
    expect(report.notes).toEqual([]);
    const { rows } = await asAdmin(service.database.adminUrl, (admin) =>
      admin.query<{ left: number }>("select count(*)::int as left from projects"),
    );
    expect(rows[0]?.left).toBe(0);
  }, 120_000);
});

function unprovenIn({ matrices }: Report): readonly string[] {
  return matrices.flatMap(({ columns: names, rows }) =>
    rows
      .filter(({ name }) => name !== "mutation archiveEverything")
      .flatMap(({ name, cells }) =>
        cells.flatMap(({ verdict, note }, index) =>
          verdict === "unproven" ? [`${name} ${names[index]!}: ${note ?? ""}`] : [],
        ),
      ),
  );
}

interface Planted {
  readonly bug: Bug;
  readonly field: string;
  readonly column: Column;
  readonly rule: string;
}

const planted: readonly Planted[] = [
  { bug: "read by id", field: "query project", column: "by id", rule: "P1" },
  { bug: "any node", field: "query node (Project)", column: "by id", rule: "P1" },
  { bug: "update by id", field: "mutation updateProject", column: "by id", rule: "P2" },
  { bug: "archive by id", field: "mutation archiveProject", column: "by id", rule: "P2" },
  { bug: "delete by id", field: "mutation deleteProject", column: "by id", rule: "P3" },
  { bug: "another error", field: "query project", column: "existence", rule: "P4" },
  { bug: "list", field: "query projects", column: "lists", rule: "P6" },
  { bug: "nested tasks", field: "query projects", column: "lists", rule: "P6" },
  { bug: "counts everything", field: "query projectCount", column: "lists", rule: "P6" },
  { bug: "filter", field: "query tasks", column: "filters", rule: "P7" },
  { bug: "search", field: "query projects", column: "filters", rule: "P7" },
  { bug: "foreign parent in body", field: "mutation createTask", column: "references", rule: "P8" },
  { bug: "ids in the query", field: "query projectsById", column: "batches", rule: "P9" },
  { bug: "archive among own", field: "mutation archiveProjects", column: "batches", rule: "P9" },
  { bug: "only the first alias", field: "query project", column: "batches", rule: "P9" },
  { bug: "id without its type", field: "query project", column: "id forms", rule: "P10" },
  { bug: "tenant from header", field: "query projects", column: "claims", rule: "P11" },
  { bug: "no token needed", field: "query projects", column: "credentials", rule: "P13" },
  { bug: "unique name", field: "mutation createProject", column: "unique", rule: "P18" },
  { bug: "tenant from body", field: "mutation createProject", column: "claims", rule: "P19" },
];

describe("probe, at a GraphQL endpoint with a planted bug", () => {
  it.each(planted)("finds: $bug, at $field", async ({ bug, field, column, rule }) => {
    const { baseUrl, identities } = await service.listen(bug);
    const only = [
      field,
      "mutation createProject",
      "mutation deleteProject",
      "query project",
      ...(/[Tt]ask/.test(field + bug) ? ["mutation createTask"] : []),
    ];
    const graphql = "/api/graphql";
    const options = { baseUrl, identities, graphql, only, attacks: [column], seed: 7 };
    const report = await probe({ ...options, timingSamples: 0 });
    const found = report.findings.map((finding) => `${finding.rule.id} ${finding.subject}`);
    expect(found).toContain(`${rule} ${field}`);
  });
});
