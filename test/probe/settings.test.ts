import { afterAll, beforeAll, expect, it } from "vitest";
import { probe } from "../../src/isolation/probe/probe.js";
import type { Report } from "../../src/isolation/report/report.js";
import { openSmallService, type SmallService } from "./service/small.js";

let service: SmallService;
beforeAll(async () => {
  service = await openSmallService();
});
afterAll(() => service?.close());

async function run(destructive: boolean): Promise<Report> {
  service.writes.length = 0;
  const { baseUrl, identities } = service;
  const openapi = `${baseUrl}/openapi.json`;
  return probe({ baseUrl, identities, openapi, destructive, timingSamples: 0, seed: 7 });
}

it("changes nothing and acts on nothing that no id says to be the probe's, unless it may", async () => {
  const report = await run(false);
  const elsewhere = service.writes.filter((write) => !/ \/projects\//.test(write));
  expect(elsewhere).toEqual([]);
  // An action on a project is tried: on those that it made.
  expect(service.writes.join("\n")).toMatch(/^POST \/projects\/[\w-]+\/archive a$/m);
  const put = cellsOf(report, "PUT /settings");
  for (const column of ["claims", "references", "batches", "errors"])
    expect(put).toContain(`${column} unproven`);
  const uncovered = report.findings.filter(({ rule }) => rule.id === "P20");
  expect(uncovered.map(({ subject }) => subject).sort()).toEqual([
    "DELETE /settings",
    "GET /sign-out",
    "PATCH /settings",
    "POST /echoes",
    "POST /settings",
    "POST /settings/restore",
    "POST /sign-out",
    "POST /tenants/{tenantId}/archive",
    "PUT /settings",
  ]);
  expect(uncovered[0]!.message).toContain("--destructive allows it");

  await run(true);
  for (const write of ["PUT /settings a", "POST /settings/restore a", "POST /tenants/b/archive a"])
    expect(service.writes).toContain(write);
  expect(service.writes.join("\n")).not.toContain("sign-out");
}, 60_000);

function cellsOf({ matrices }: Report, route: string): readonly string[] {
  return matrices.flatMap(({ columns, rows }) =>
    rows
      .filter(({ name }) => name === route)
      .flatMap((row) => columns.map((column, index) => `${column} ${row.cells[index]!.verdict}`)),
  );
}
