import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { probe } from "../../src/isolation/probe/probe.js";
import { runTracker, type RunningTracker } from "../../examples/tracker/test/running-tracker.js";
import { embeddedServer } from "../support/servers.js";

const routeList = [
  "GET /api/projects?limit=100",
  "POST /api/projects",
  "GET /api/projects/{id}",
  "PATCH /api/projects/{id}",
  "DELETE /api/projects/{id}",
  "GET /api/documents?search=",
  "GET /api/invoices/summary",
  "GET /api/overview?search=",
  "GET /api/me",
];

describe("probe, at the tracker", () => {
  let running: RunningTracker;
  beforeAll(async () => {
    running = await runTracker(embeddedServer(), { injectableSearch: false });
  });
  afterAll(() => running?.close());

  it("finds nothing, though each customer counts its projects from 1", async () => {
    const { tracker } = running;
    const baseUrl = `http://127.0.0.1:${tracker.port}`;
    const identities = await Promise.all(["acme", "globex"].map(running.ownerFor));
    const attacks = ["by id", "existence", "lists", "filters", "unique"] as const;
    const report = await probe({ baseUrl, identities, routeList, attacks, timingSamples: 0 });
    expect(report.findings).toEqual([]);
    // What it made is on the last of several pages.
    const lists = report.matrices.flatMap(({ columns, rows }) =>
      rows
        .filter(({ name }) => name === "GET /api/projects")
        .map(({ cells }) => cells[columns.indexOf("lists")]!.verdict),
    );
    expect(lists).toEqual(["holds", "holds"]);
  }, 120_000);
});
