import { Queue } from "bullmq";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { checklist } from "../../../src/isolation/checklist/checklist.js";
import { sealMember } from "../../../src/queue/sealed-data.js";
import { startBoss } from "../../conformance/queue/pg-boss-host.js";
import { createTestDatabase, type TestDatabase } from "../../support/databases.js";
import { describeOnRedis } from "../../support/redis.js";
import { asAdmin } from "../../support/databases.js";
import { embeddedServer } from "../../support/servers.js";
import { answersIn, found, ownRedis } from "./support.js";

const acme = "0190a5c4-0000-7000-8000-00000000acee";

describeOnRedis("the checklist, of a cache and of jobs", (url) => {
  let redis: Awaited<ReturnType<typeof ownRedis>>;
  let database: TestDatabase;
  beforeAll(async () => {
    redis = await ownRedis(url, 14);
    database = await createTestDatabase(embeddedServer());
    await asAdmin(database.adminUrl, (admin) =>
      admin.query("insert into tenantry.tenant (id, slug, name) values ($1, 'acme', 'Acme')", [
        acme,
      ]),
    );
  });
  afterEach(() => redis.client.flushDb());
  afterAll(async () => {
    await redis?.close();
    await database?.drop();
  });

  const ask = (options: { database?: string; redis?: string } = {}) =>
    checklist({
      redis: redis.url,
      database: database.adminUrl,
      only: ["K9", "K10"],
      ...options,
    });

  it("holds where every key names a tenant that there is", async () => {
    await redis.client.set(`page:${acme}:front`, "1");
    await redis.client.set("menu/acme/7", "1");
    const { verdict, evidence } = answersIn(await ask()).get("K9")!;
    expect([verdict, evidence]).toEqual([
      "holds",
      expect.stringContaining("2 in all name a tenant") as string,
    ]);
  });

  it("says open, once for each pattern, where keys name none", async () => {
    for (const id of [101, 102, 103]) await redis.client.set(`user:${id}:profile`, "1");
    await redis.client.set("acmecorp:menu", "1");
    await redis.client.set(`page:${acme}`, "1");
    const report = await ask();
    expect(answersIn(report).get("K9")!.verdict).toBe("open");
    expect(
      report.findings.filter(({ rule }) => rule.id === "K9").map((each) => each.subject),
    ).toEqual(["key acmecorp:menu", "key user:*:profile"]);
    expect(found(report, "K9").join()).toContain(
      "3 keys of the form user:*:profile name no tenant",
    );
  });

  it("proves nothing of an empty Redis, nor of keys where no tenant is known", async () => {
    expect(answersIn(await ask()).get("K9")).toMatchObject({ verdict: "unproven" });
    await redis.client.set(`page:${acme}`, "1");
    const { verdict, evidence } = answersIn(await checklist({ redis: redis.url })).get("K9")!;
    expect([verdict, evidence]).toEqual([
      "unproven",
      expect.stringContaining("--database-url") as string,
    ]);
  });

  it("says open where jobs of BullMQ say nowhere whose they are", async () => {
    const { hostname: host, port } = new URL(redis.url);
    const connection = { host, port: Number(port) || 6379, db: 14 };
    const [good, bad] = [new Queue("good", { connection }), new Queue("bad", { connection })];
    await good.add("welcome", { tenantId: acme });
    await bad.addBulk([
      { name: "welcome", data: { userId: 7 } },
      { name: "welcome", data: { tenantId: "nobody" } },
      { name: "welcome", data: { [sealMember]: "t1.0a.1.nobody.e30.bWFj" } },
    ]);
    await Promise.all([good.close(), bad.close()]);
    const report = await ask();
    expect(answersIn(report).get("K10")).toMatchObject({
      verdict: "open",
      evidence: expect.stringContaining("4 jobs of 2 queues") as string,
    });
    expect(found(report, "K10")).toEqual([
      expect.stringMatching(/^queue bad: 3 jobs say nowhere/) as string,
    ]);
    // Queues' own keys are no cache.
    expect(answersIn(report).get("K9")!.verdict).toBe("unproven");
  });

  it("says open where jobs of pg-boss say nowhere whose they are", async () => {
    const boss = await startBoss(database.migratorUrl);
    await boss.createQueue("report");
    await boss.send("report", { month: 1 });
    await boss.send("report", { month: 2, organization: acme });
    await boss.stop({ graceful: false });
    const report = await ask();
    expect(found(report, "K10")).toEqual([
      expect.stringMatching(/^queue report: 1 job says nowhere/) as string,
    ]);
  });

  it.each([
    ["redis://127.0.0.1:1", "PROOF_IMPOSSIBLE"],
    ["http://127.0.0.1:6379", "CONFIG_INVALID"],
    ["redis://127.0.0.1:6379/999999", "PROOF_IMPOSSIBLE"],
  ])("could not run with %s", async (redisUrl, code) => {
    await expect(checklist({ redis: redisUrl })).rejects.toMatchObject({ code });
  });
});
