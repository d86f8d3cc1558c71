import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { probe } from "../../src/isolation/probe/probe.js";
import { asAdmin } from "../support/databases.js";
import { embeddedServer } from "../support/servers.js";
import { openService, type ProbedService } from "./service/service.js";

describe("probe, at a sound service", () => {
  let service: ProbedService;
  beforeAll(async () => {
    service = await openService(embeddedServer());
  });
  afterAll(() => service?.close());

  it("finds nothing, proves every route, and leaves nothing behind", async () => {
    const { baseUrl, identities } = await service.listen();
    const openapi = `${baseUrl}/openapi.json`;
    const report = await probe({ baseUrl, identities, openapi, timingSamples: 20 });
    expect(report.findings).toEqual([]);
    const verdicts = report.matrices.flatMap(({ columns, rows }) =>
      rows.flatMap(({ name, cells }) =>
        cells.flatMap(({ verdict }, index) =>
          // A busy machine may leave the times of a route undecided.
          verdict === "unproven" && columns[index] !== "timing"
            ? [`${name} ${columns[index]!}`]
            : [],
        ),
      ),
    );
    expect(verdicts).toEqual([]);
    expect(report.notes).toEqual([]);
    expect(JSON.stringify(report)).not.toContain("eyJ");
    const { rows } = await asAdmin(service.database.adminUrl, (admin) =>
      admin.query<{ left: number }>("select count(*)::int as left from projects"),
    );
    expect(rows[0]?.left).toBe(0);
  }, 120_000);

  it("says so, and deletes what it made, where it is interrupted or runs out of requests", async () => {
    const { baseUrl, identities } = await service.listen();
    const options = { baseUrl, identities, openapi: `${baseUrl}/openapi.json`, timingSamples: 0 };
    const stopped = await probe({ ...options, maxRequests: 60 });
    expect(stopped.findings.map(({ subject }) => subject)).toContain("the probe");
    const interrupt = new AbortController();
    const onStep = (step: string) => void (step.includes("2 of") && interrupt.abort());
    await expect(probe({ ...options, signal: interrupt.signal, onStep })).rejects.toThrow(
      /interrupted.*deleted/,
    );
    const { rows } = await asAdmin(service.database.adminUrl, (admin) =>
      admin.query<{ left: number }>("select count(*)::int as left from projects"),
    );
    expect(rows[0]?.left).toBe(0);
  });

  it("refuses a target that is not this machine, and identities of one tenant", async () => {
    const { baseUrl, identities } = await service.listen();
    const routeList = ["GET /api/projects"];
    await expect(probe({ baseUrl: "http://192.0.2.1", identities, routeList })).rejects.toThrow(
      /not this machine/,
    );
    await expect(probe({ baseUrl, identities: identities.slice(0, 1), routeList })).rejects.toThrow(
      /fewer than two tenants/,
    );
  });
});
