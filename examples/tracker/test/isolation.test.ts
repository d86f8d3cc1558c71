import { proveIsolation } from "tenantry/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { manifestSchema } from "../../../src/isolation/manifest/manifest.js";
import { describeOnServers } from "../../../test/support/servers.js";
import { loginRoles } from "../../../test/support/logins.js";
import { runTracker, type RunningTracker } from "./running-tracker.js";

describeOnServers("the tracker's database", (server) => {
  let running: RunningTracker;
  beforeAll(async () => {
    running = await runTracker(server, { injectableSearch: false });
  });
  afterAll(() => running.close());

  const manifest = manifestSchema.parse({
    version: 1,
    suppressions: [{ key: "V1:*", reason: "the server of the tests is what its package has" }],
  });

  it("is isolated: the audit finds nothing, and the proof gets nowhere", async () => {
    const reports = await proveIsolation({
      pool: running.database.adminUrl,
      appRoles: [loginRoles.app],
      manifest,
    });
    expect(reports.map(({ tool }) => tool)).toEqual(["audit", "prove"]);
    expect(reports.flatMap(({ matrices }) => matrices).length).toBeGreaterThan(1);
  }, 120_000);
});
