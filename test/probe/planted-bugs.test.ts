import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Column } from "../../src/isolation/probe/ledger.js";
import { probe } from "../../src/isolation/probe/probe.js";
import type { Report } from "../../src/isolation/report/report.js";
import { embeddedServer } from "../support/servers.js";
import type { Bug } from "./service/bugs.js";
import { openService, type ProbedService } from "./service/service.js";

interface Planted {
  readonly bug: Bug;
  /** The route whose cell must turn red. */
  readonly route: string;
  readonly column: Column;
  readonly rule: string;
  /** What the probe needs besides the route itself. */
  readonly besides?: readonly string[];
}

const projects = ["POST /api/projects", "GET /api/projects/{id}", "DELETE /api/projects/{id}"];
const tasks = [...projects, "POST /api/tasks", "GET /api/tasks/{taskId}"];
const item = "GET /api/projects/{id}";
const list = "GET /api/projects";

const planted: readonly Planted[] = [
  { bug: "read by id", route: item, column: "by id", rule: "P1" },
  { bug: "update by id", route: "PATCH /api/projects/{id}", column: "by id", rule: "P2" },
  { bug: "blind update by id", route: "PATCH /api/projects/{id}", column: "by id", rule: "P2" },
  { bug: "delete by id", route: "DELETE /api/projects/{id}", column: "by id", rule: "P3" },
  {
    bug: "foreign parent in path",
    route: "POST /api/projects/{id}/tasks",
    column: "by id",
    rule: "P2",
    besides: ["GET /api/projects/{id}/tasks"],
  },
  {
    bug: "tasks of a foreign project",
    route: "GET /api/projects/{id}/tasks",
    column: "by id",
    rule: "P1",
    besides: ["POST /api/projects/{id}/tasks"],
  },
  { bug: "403 for foreign ids", route: item, column: "existence", rule: "P4" },
  { bug: "another body", route: item, column: "existence", rule: "P4" },
  { bug: "another header", route: item, column: "existence", rule: "P4" },
  { bug: "another ETag", route: item, column: "existence", rule: "P4" },
  { bug: "slow for foreign ids", route: item, column: "timing", rule: "P5" },
  { bug: "list", route: list, column: "lists", rule: "P6" },
  { bug: "cache without tenant", route: list, column: "lists", rule: "P6" },
  { bug: "counts everything", route: "GET /api/stats", column: "lists", rule: "P6" },
  { bug: "export of everything", route: "GET /api/export", column: "lists", rule: "P6" },
  { bug: "filter", route: "GET /api/tasks", column: "filters", rule: "P7", besides: tasks },
  { bug: "search", route: list, column: "filters", rule: "P7" },
  { bug: "ids in the query", route: list, column: "batches", rule: "P9" },
  { bug: "archive among own", route: "POST /api/projects/archive", column: "batches", rule: "P9" },
  {
    bug: "foreign parent in body",
    route: "POST /api/tasks",
    column: "references",
    rule: "P8",
    besides: tasks,
  },
  { bug: "unique name", route: "POST /api/projects", column: "unique", rule: "P18" },
  { bug: "decoded twice", route: item, column: "id forms", rule: "P10" },
  { bug: "X-Original-URL", route: item, column: "id forms", rule: "P10" },
  { bug: "method override", route: item, column: "id forms", rule: "P10" },
  { bug: "tenant from header", route: list, column: "claims", rule: "P11" },
  { bug: "tenant from query", route: list, column: "claims", rule: "P11" },
  {
    bug: "tenant from body",
    route: "POST /api/projects",
    column: "claims",
    rule: "P19",
    besides: [list],
  },
  { bug: "tenant from X-Forwarded-Host", route: list, column: "hosts", rule: "P12" },
  { bug: "tenant from Host alone", route: list, column: "hosts", rule: "P12" },
  { bug: "default tenant for unknown hosts", route: list, column: "hosts", rule: "P14" },
  { bug: "no token needed", route: list, column: "credentials", rule: "P13" },
  { bug: "signature not checked", route: list, column: "credentials", rule: "P13" },
  { bug: "no Cache-Control", route: list, column: "caching", rule: "P15" },
  { bug: "public Cache-Control", route: list, column: "caching", rule: "P15" },
  { bug: "origin reflected", route: list, column: "caching", rule: "P16" },
  { bug: "error detail", route: item, column: "errors", rule: "P17", besides: [list] },
];

describe("probe, at a service with a planted bug", () => {
  let service: ProbedService;
  beforeAll(async () => {
    service = await openService(embeddedServer());
  });
  afterAll(() => service?.close());

  async function run(
    bug: Bug,
    only: readonly string[],
    attacks: readonly Column[],
  ): Promise<Report> {
    const { baseUrl, identities } = await service.listen(bug);
    const openapi = `${baseUrl}/openapi.json`;
    return probe({ baseUrl, identities, openapi, only, attacks, timingSamples: 24, seed: 7 });
  }

  it.each(planted)("finds: $bug", async ({ bug, route, column, rule, besides = [] }) => {
    const only = [...new Set([route, ...projects, ...besides])];
    const report = await run(bug, only, [column]);
    expect(cellsOf(report, route, column)).toContain("open");
    expect(report.findings.map((finding) => `${finding.rule.id} ${finding.subject}`)).toContain(
      `${rule} ${route}`,
    );
  });

  it("finds a route that no description names, and attacks it", async () => {
    const report = await run("undescribed route", projects, ["by id"]);
    const found = report.findings.map(({ rule, subject }) => `${rule.id} ${subject}`);
    expect(found).toContain("P21 PUT /api/projects/{id}");
    expect(found).toContain("P2 PUT /api/projects/{id}");
  });

  it.each(["everything is 403", "everything is 500"] as const)(
    "proves nothing where %s",
    async (bug) => {
      const { baseUrl, identities } = await service.listen(bug);
      const routeList = ["GET /api/projects", "POST /api/projects", "GET /api/projects/{id}"];
      const report = await probe({ baseUrl, identities, routeList, timingSamples: 0 });
      const verdicts = report.matrices.flatMap(({ rows, columns }) =>
        rows.flatMap(({ cells }) =>
          cells.filter((_, index) => columns[index] !== "errors").map(({ verdict }) => verdict),
        ),
      );
      expect(verdicts).not.toContain("holds");
      expect(report.findings.filter(({ rule }) => rule.id === "P20")).toHaveLength(3);
    },
  );
});

function cellsOf({ matrices }: Report, route: string, column: Column): readonly string[] {
  return matrices.flatMap(({ columns, rows }) =>
    rows
      .filter(({ name }) => name === route)
      .map(({ cells }) => cells[columns.indexOf(column)]!.verdict),
  );
}
