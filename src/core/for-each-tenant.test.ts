import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { eachPage, forEachTenant } from "./for-each-tenant.js";
import type { Tenant } from "./tenant.js";
import { newUuid } from "./uuid.js";

const tenants = Array.from({ length: 25 }, (_, i): Tenant => ({
  id: newUuid(i),
  slug: `t${i}`,
  name: `T${i}`,
  status: "active",
  placement: "default",
  settings: {},
  version: i,
}));

async function* read(count = tenants.length, noticed: number[] = []): AsyncGenerator<Tenant> {
  for (const tenant of tenants.slice(0, count)) {
    noticed.push(tenant.version);
    yield tenant;
  }
}
const failFor = (slug: string) => async (tenant: Tenant) => {
  if (tenant.slug === slug) throw new Error(`${slug} failed`);
};

describe("work for each tenant", () => {
  it("is done once for each", async () => {
    const seen: string[] = [];
    const result = await forEachTenant(read(), async ({ slug }) => void seen.push(slug));
    expect(seen.sort()).toEqual(tenants.map(({ slug }) => slug).sort());
    expect(result).toEqual({ done: 25, failed: [] });
  });

  it.each([1, 4, 100])(
    "is done for %i at once at most, and for as many as that",
    async (concurrency) => {
      let [running, most] = [0, 0];
      await forEachTenant(
        read(),
        async () => {
          most = Math.max(most, (running += 1));
          await pause(2);
          running -= 1;
        },
        { concurrency },
      );
      expect(most).toBe(Math.min(concurrency, tenants.length));
    },
  );

  it("reads tenants only as they are needed", async () => {
    const noticed: number[] = [];
    const work = forEachTenant(read(25, noticed), () => pause(20), { concurrency: 2 });
    await pause(5);
    expect(noticed.length).toBeLessThanOrEqual(2);
    await work;
  });

  it("stops at the first failure, throws it, and lets what runs finish", async () => {
    const finished: string[] = [];
    const work = async (tenant: Tenant) => {
      await failFor("t1")(tenant);
      await pause(10);
      finished.push(tenant.slug);
    };
    await expect(forEachTenant(read(), work, { concurrency: 4 })).rejects.toThrow("t1 failed");
    expect(finished).toEqual(["t0", "t2", "t3"]);
  });

  it("goes on past failures where they are to be collected", async () => {
    const result = await forEachTenant(read(), failFor("t1"), { onError: "collect" });
    expect(result.done).toBe(24);
    expect(result.failed).toEqual([{ tenant: tenants[1], error: new Error("t1 failed") }]);
  });

  it("counts a failure that is undefined as one", async () => {
    const nothing: unknown = undefined;
    const work = () => Promise.reject(nothing);
    expect((await forEachTenant(read(2), work, { onError: "collect" })).failed).toHaveLength(2);
  });

  it("throws what reading the tenants throws, also where failures are collected", async () => {
    const broken = async function* (): AsyncGenerator<Tenant> {
      yield tenants[0]!;
      throw new Error("registry down");
    };
    const work = forEachTenant(broken(), async () => 0, { onError: "collect" });
    await expect(work).rejects.toThrow("registry down");
  });

  it.each([0, -1, 1.5, 101, Number.NaN, Infinity])(
    "is refused %d at a time",
    async (concurrency) => {
      await expect(forEachTenant(read(), async () => 0, { concurrency })).rejects.toMatchObject({
        code: "CONFIG_INVALID",
      });
    },
  );
});

describe("the pages of a list", () => {
  it("are read one after the other until one is empty", async () => {
    const asked: (string | undefined)[] = [];
    const list = async (after: string | undefined) => {
      asked.push(after);
      const from = after === undefined ? 0 : tenants.findIndex(({ id }) => id === after) + 1;
      return tenants.slice(from, from + 10);
    };
    const read: Tenant[] = [];
    for await (const tenant of eachPage(list)) read.push(tenant);
    expect(read).toEqual(tenants);
    expect(asked).toEqual([undefined, tenants[9]!.id, tenants[19]!.id, tenants[24]!.id]);
  });
});
