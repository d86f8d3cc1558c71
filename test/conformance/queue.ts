import { setTimeout as pause } from "node:timers/promises";
import {
  createMemoryRegistry,
  createTenantry,
  fromHost,
  type Tenantry,
  type TenantryEvent,
} from "tenantry";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { currentContext } from "../../src/core/context.js";
import { sealJob } from "../../src/core/seal/job-seal.js";
import { createKeyRing } from "../../src/core/seal/key-ring.js";
import type { Tenant } from "../../src/core/tenant.js";
import { scopeOf } from "../database/support/stage.js";
import {
  attempts,
  type Abilities,
  type OpenHost,
  type Payload,
  type QueueHost,
  type RawJob,
} from "./queue/host.js";

const secret = "a secret of at least thirty-two bytes, for tests of queues";
const newSecret = "another secret of at least thirty-two bytes, for tests";

/** What a job's work saw. */
interface Seen {
  readonly payload: Payload;
  readonly slug: string;
  readonly actor: string;
  readonly source: string | undefined;
}

/** The contract of every queue's adapter, on the real thing. */
export function describeQueue(open: OpenHost, can: Abilities = {}): void {
  const events: TenantryEvent[] = [];
  let registry: ReturnType<typeof createMemoryRegistry>;
  let tenantry: Tenantry;
  let host: QueueHost;
  let a: Tenant;
  let b: Tenant;
  let seen: Seen[];
  const opened: (Tenantry | QueueHost)[] = [];

  const application = (secrets: string | readonly string[]) => {
    const made = createTenantry({
      // Nothing here asks the database.
      database: "postgres://nobody@127.0.0.1:1/none",
      registry,
      resolve: [fromHost({ baseDomain: "app.example.com" })],
      secret: secrets,
      onEvent: (event) => void events.push(event),
    });
    opened.push(made);
    return made;
  };
  const as = <T>(tenant: Tenant, work: () => T) =>
    tenantry.enter(
      tenant,
      { reason: "a test", actor: { kind: "user", id: `user of ${tenant.slug}` } },
      work,
    );
  const note = (payload: Payload): Seen => {
    const { tenant, actor, evidence } = tenantry.scope();
    const one = {
      payload,
      slug: tenant.slug,
      actor: actor.kind === "anonymous" ? "" : actor.id,
      source: evidence[0]?.source,
    };
    seen.push(one);
    return one;
  };
  const refusals = () => events.filter(({ type }) => type === "job.refused");
  const eventually = (check: () => void | Promise<void>) =>
    vi.waitFor(check, { timeout: 15_000, interval: 30 });

  beforeEach(async () => {
    events.length = 0;
    seen = [];
    registry = createMemoryRegistry();
    a = await registry.create({ slug: "acme", name: "Acme" });
    b = await registry.create({ slug: "beta", name: "Beta" });
    tenantry = application(secret);
    host = await open(tenantry);
    opened.push(host);
  });
  afterEach(async () => {
    // Workers before what they run on.
    for (const one of opened.splice(0).reverse()) await one.close();
  });

  it("runs a job in the scope that it was enqueued in, with the payload as it was", async () => {
    const payload = { to: "ada", deep: { z: [1.5, null, "ü"], a: {} }, n: 1e21 };
    await host.work(async (given) => note(given));
    await as(a, () => host.enqueue(payload));
    await eventually(() => expect(seen).toHaveLength(1));
    expect(seen).toEqual([{ payload, slug: "acme", actor: "user of acme", source: "job" }]);
    expect(refusals()).toEqual([]);
  });

  it("enqueues nothing without a scope", async () => {
    const code = await Promise.resolve()
      .then(() => host.enqueue({ n: 1 }))
      .catch((error: { code: string }) => error.code);
    expect(code).toBe("SCOPE_REQUIRED");
  });

  it("keeps the tenant when a job is tried again", async () => {
    let tries = 0;
    await host.work(async (payload) => {
      note(payload);
      tries += 1;
      if (tries === 1) throw new Error("the first time");
    });
    await as(b, () => host.enqueue({ n: 1 }));
    await eventually(() => expect(seen).toHaveLength(2));
    expect(seen.map(({ slug }) => slug)).toEqual(["beta", "beta"]);
    expect(refusals()).toEqual([]);
  });

  it("keeps what fails every time where it can be seen, and stops trying", async () => {
    await host.work(async (payload) => {
      note(payload);
      throw new Error("every time");
    });
    await as(b, () => host.enqueue({ n: 1 }));
    await eventually(async () => expect(await host.failed()).toBe(1));
    const tries = seen.length;
    await pause(300);
    expect(seen).toHaveLength(tries);
    expect(tries).toBeLessThanOrEqual(attempts);
    expect(new Set(seen.map(({ slug }) => slug))).toEqual(new Set(["beta"]));
  });

  const whenItDelays = can.delays === true ? it : null;
  whenItDelays?.("keeps the tenant of a delayed job", async () => {
    await host.work(async (payload) => note(payload));
    const began = Date.now();
    await as(a, () => host.enqueue({ n: 1 }, { delay: 1000 }));
    await eventually(() => expect(seen).toHaveLength(1));
    expect(Date.now() - began).toBeGreaterThanOrEqual(900);
    expect(seen[0]?.slug).toBe("acme");
  });

  const whenItRepeats = can.repeats === true ? it : null;
  whenItRepeats?.("keeps the tenants of repeated jobs", async () => {
    const { repeat } = host;
    if (repeat === undefined) throw new Error("this queue repeats nothing");
    await host.work(async (payload) => note(payload));
    await as(a, () => repeat({ of: "acme" }));
    await as(b, () => repeat({ of: "beta" }));
    const times = (slug: string) => seen.filter((one) => one.slug === slug).length;
    await eventually(() => expect(Math.min(times("acme"), times("beta"))).toBeGreaterThan(1));
    expect(seen.filter(({ payload, slug }) => payload["of"] !== slug)).toEqual([]);
    expect(refusals()).toEqual([]);
  });

  it.each<[string, string, string, (job: RawJob) => RawJob]>([
    ["no seal", "SEAL_REQUIRED", "security", (job) => ({ ...job, seal: undefined })],
    ["a tenant's id for a seal", "SEAL_INVALID", "security", (job) => ({ ...job, seal: a.id })],
    [
      "another tenant's id in its seal",
      "SEAL_INVALID",
      "security",
      (job) => ({ ...job, seal: job.seal!.replace(a.id, b.id) }),
    ],
    [
      "a changed MAC",
      "SEAL_INVALID",
      "security",
      (job) => ({
        ...job,
        seal: `${job.seal!.slice(0, -1)}${job.seal!.endsWith("0") ? "1" : "0"}`,
      }),
    ],
    [
      "another payload",
      "SEAL_INVALID",
      "security",
      (job) => ({ ...job, payload: { to: "mallory" } }),
    ],
    ...named(can, (job) => ({ ...job, name: "other" })),
    ["another id", "SEAL_INVALID", "security", (job) => ({ ...job, id: crypto.randomUUID() })],
  ])("refuses a job with %s, visibly and once", async (_, code, severity, change) => {
    const good = await as(a, () => host.seal({ to: "ada" }, tenantry));
    await refusedOnce(change(good), code, severity);
  });

  it("refuses the seal of another queue", async () => {
    const other = await as(a, () =>
      host.seal(
        { to: "ada" },
        {
          ...tenantry,
          sealJob: (job) => tenantry.sealJob({ ...job, queue: `${job.queue}x` }),
        },
      ),
    );
    await refusedOnce(other, "SEAL_INVALID", "security");
  });

  it("refuses a seal that was made for something else than a job", async () => {
    const seal = await as(a, () => tenantry.sealedHeader({ audience: "any" }));
    const job = await as(a, () => host.seal({ to: "ada" }, tenantry));
    await refusedOnce({ ...job, seal }, "SEAL_INVALID", "security");
  });

  it("refuses the seal of another secret", async () => {
    const stranger = application(newSecret);
    const job = await as(a, () => host.seal({ to: "ada" }, stranger));
    await refusedOnce(job, "SEAL_INVALID", "security");
  });

  it("refuses a seal that has expired", async () => {
    const scope = await scopeOf(tenantry, a);
    const longAgo = Date.now() - 8 * 86_400_000;
    const job = await as(a, () =>
      host.seal(
        { to: "ada" },
        {
          ...tenantry,
          sealJob: (identity) => sealJob(createKeyRing(secret), scope, identity, longAgo),
        },
      ),
    );
    await refusedOnce(job, "SEAL_EXPIRED", "warning");
  });

  it("refuses a job of a tenant that is archived", async () => {
    const job = await as(a, () => host.seal({ to: "ada" }, tenantry));
    await registry.archive(a.id);
    await refusedOnce(job, "TENANT_INACTIVE", "warning");
  });

  async function refusedOnce(job: RawJob, code: string, severity: string): Promise<void> {
    // The worker's own scope must not stand in for a seal.
    await as(b, () => host.work(async (payload) => note(payload)));
    await host.inject(job);
    await eventually(async () => expect(await host.failed()).toBe(1));
    await pause(100);
    expect(seen).toEqual([]);
    expect(refusals().map(({ detail, severity: how }) => [detail["code"], how])).toEqual([
      [code, severity],
    ]);
    expect(refusals()[0]?.detail).toMatchObject({ outcome: "refused", queue: host.queue });
    const told = JSON.stringify(events) + (await host.failedText());
    expect(told).not.toContain(job.seal?.slice(-64) ?? "no seal");
    expect(JSON.stringify(events)).not.toContain("mallory");
    expect(told).toContain(code === "SEAL_REQUIRED" ? "without a seal" : "");
    // And the queue goes on.
    await as(b, () => host.enqueue({ n: 2 }));
    await eventually(() => expect(seen.map(({ slug }) => slug)).toEqual(["beta"]));
  }

  it("does not run the job of a suspended tenant, and keeps it", async () => {
    await as(a, () => host.enqueue({ n: 1 }));
    await registry.suspend(a.id);
    await host.work(async (payload) => note(payload));
    await eventually(async () => expect(await host.failed()).toBe(1));
    expect(seen).toEqual([]);
    const told = refusals().map(({ detail, severity }) => [
      detail["code"],
      detail["outcome"],
      severity,
    ]);
    expect(told.length).toBeGreaterThan(0);
    expect(told.length).toBeLessThanOrEqual(attempts);
    expect(new Set(told.map(String))).toEqual(new Set(["TENANT_INACTIVE,postponed,info"]));
  });

  it("shows a worker that was built in a scope to no job: 100 of 100", async () => {
    const contexts: unknown[] = [];
    await as(a, () =>
      host.work(async (payload) => {
        note(payload);
        contexts.push(currentContext());
      }),
    );
    for (let n = 0; n < 100; n++) await as(b, () => host.enqueue({ n }));
    await eventually(() => expect(seen).toHaveLength(100));
    expect(seen.filter(({ slug }) => slug !== "beta")).toEqual([]);
    expect(contexts.filter((context) => (context as { kind: string }).kind !== "tenant")).toEqual(
      [],
    );
  });

  it("keeps 60 jobs of many tenants apart that run at once", async () => {
    const tenants = await Promise.all(
      Array.from({ length: 12 }, (_, i) => registry.create({ slug: `t${i}`, name: `T${i}` })),
    );
    await host.work(async (payload) => {
      const before = tenantry.scope();
      await pause(Math.random() * 20);
      if (payload["n"] === 7 && seen.every(({ payload: one }) => one["n"] !== 7)) {
        note(payload);
        throw new Error("in between");
      }
      expect(tenantry.scope()).toBe(before);
      note(payload);
    });
    await Promise.all(
      Array.from({ length: 60 }, (_, n) => {
        const tenant = tenants[n % tenants.length]!;
        return as(tenant, () => host.enqueue({ n, of: tenant.slug }));
      }),
    );
    await eventually(() => {
      expect(new Set(seen.map(({ payload }) => payload["n"])).size).toBe(60);
      // The one that failed comes again: later than this test, else.
      expect(seen.filter(({ payload }) => payload["n"] === 7)).toHaveLength(2);
    });
    expect(seen.filter(({ payload, slug }) => payload["of"] !== slug)).toEqual([]);
  });

  it("opens seals of the older of two secrets", async () => {
    await as(a, () => host.enqueue({ n: 1 }));
    const rotated = application([newSecret, secret]);
    const { openJob } = tenantry;
    // The worker is another process, which has the new secret already.
    Object.assign(tenantry, { openJob: rotated.openJob });
    await host.work(async (payload) => note(payload));
    await eventually(() => expect(seen.map(({ slug }) => slug)).toEqual(["acme"]));
    Object.assign(tenantry, { openJob });
  });
}

/** A row of the table above, for queues whose jobs have names. */
function named(
  { names = false }: Abilities,
  change: (job: RawJob) => RawJob,
): [string, string, string, (job: RawJob) => RawJob][] {
  return names ? [["another name", "SEAL_INVALID", "security", change]] : [];
}
