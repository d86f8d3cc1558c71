import { resolve } from "node:path";
import { Queue } from "bullmq";
import type { PgBoss } from "pg-boss";
import { tenantQueue } from "tenantry/bullmq";
import { createCache, nodeRedisBackend } from "tenantry/cache";
import { tenantBoss } from "tenantry/pg-boss";
import { checklist, textOf } from "tenantry/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runTracker, type RunningTracker } from "../../../examples/tracker/test/running-tracker.js";
import { startBoss } from "../../conformance/queue/pg-boss-host.js";
import { createEmptyDatabase, type TestDatabase } from "../../support/databases.js";
import { describeOnRedis } from "../../support/redis.js";
import { embeddedServer } from "../../support/servers.js";
import { loginRoles } from "../../support/logins.js";
import { answersIn, ownRedis } from "./support.js";

describeOnRedis("the checklist, of the tracker", (redisUrl) => {
  let running: RunningTracker;
  let redis: Awaited<ReturnType<typeof ownRedis>>;
  let jobs: TestDatabase;
  let boss: PgBoss;

  beforeAll(async () => {
    running = await runTracker(embeddedServer(), { injectableSearch: false });
    redis = await ownRedis(redisUrl, 13);
    jobs = await createEmptyDatabase(embeddedServer());
    boss = await startBoss(jobs.migratorUrl);
    await use(running.tracker.tenantry);
  }, 120_000);
  afterAll(async () => {
    await boss?.stop({ graceful: false });
    await jobs?.drop();
    await redis?.close();
    await running?.close();
  });

  /** A cache, a BullMQ queue and pg-boss, as a service beside the tracker would use them. */
  async function use(tenantry: RunningTracker["tracker"]["tenantry"]) {
    const cache = createCache({
      name: "notes",
      backend: nodeRedisBackend(redis.client),
      ttl: 60_000,
      onUnavailable: "throw",
    });
    const { hostname: host, port } = new URL(redis.url);
    const queue = new Queue("mail", { connection: { host, port: Number(port) || 6379, db: 13 } });
    await boss.createQueue("report");
    for (const slug of ["acme", "globex"]) {
      const tenant = (await tenantry.tenants.find({ by: "slug", value: slug }))!;
      await tenantry.enter(tenant, { reason: "the test of the checklist" }, async () => {
        await cache.set("greeting", `hello, ${slug}`);
        await tenantQueue(tenantry, queue).add("welcome", { to: "somebody" });
        await tenantBoss(tenantry, boss).send("report", { month: 1 });
      });
    }
    await queue.close();
  }

  it("holds in all twelve, each with what was asked and what was seen", async () => {
    const { tracker, database } = running;
    const identities = await Promise.all(["acme", "globex"].map(running.ownerFor));
    const report = await checklist({
      baseUrl: `http://127.0.0.1:${tracker.port}`,
      identities,
      route: "/api/projects?limit=100",
      database: database.adminUrl,
      jobsDatabase: jobs.adminUrl,
      appRoles: [loginRoles.app],
      repository: resolve(import.meta.dirname, "../../../examples/tracker"),
      redis: redis.url,
      write: true,
    });
    const text = textOf(report);
    expect(report.findings, text).toEqual([]);
    expect(report.unproven, text).toEqual([]);
    const answers = answersIn(report);
    expect([...answers.values()].map(({ verdict }) => verdict)).toEqual(Array(12).fill("holds"));
    for (const { evidence } of answers.values()) expect(evidence).toMatch(/\d/);
    expect(answers.get("K5")!.evidence).toContain("No session of the application was left");
    expect(text).not.toContain("eyJ");
  }, 60_000);
});
