import { describe, expect, it } from "vitest";
import type { ErrorCode } from "../errors.js";
import { issueScope, type Actor } from "../scope.js";
import type { Tenant } from "../tenant.js";
import { isTenantryError } from "../tenantry-error.js";
import { openJobSeal, sealJob, type JobIdentity, type SealJobOptions } from "./job-seal.js";
import { createKeyRing } from "./key-ring.js";
import { makeSeal } from "./seal.js";
import { openServiceSeal } from "./service-seal.js";

const ring = createKeyRing("a secret of at least thirty-two bytes, for tests");
const tenant: Tenant = {
  id: "01890000-0000-7000-8abc-000000000001",
  slug: "acme",
  name: "Acme",
  status: "active",
  placement: "default",
  settings: {},
  version: 1,
};
const user = { kind: "user", id: "user-1" } as const;
const now = 1_800_000_000_000;
const job: JobIdentity = { queue: "emails", name: "welcome", id: "7", payload: "{}" };
const seal = (options: Partial<SealJobOptions> = {}, actor: Actor = user) =>
  sealJob(ring, issueScope(tenant, actor, []), { ...job, ...options }, now);

function refusal(work: () => unknown): ErrorCode | null {
  try {
    work();
    return null;
  } catch (error) {
    if (isTenantryError(error)) return error.code;
    throw error;
  }
}
const opening = (given: unknown, as: Partial<JobIdentity> = {}, at = now) =>
  refusal(() => openJobSeal(ring, given, { ...job, ...as }, at));

describe("a job's seal", () => {
  it.each<[Actor]>([
    [{ kind: "anonymous" }],
    [user],
    [{ kind: "service", id: "billing" }],
    [{ kind: "system", id: "Zoë & co" }],
  ])("carries the tenant and the actor %j", (actor) => {
    const opened = openJobSeal(ring, seal({}, actor), job, now);
    expect(opened).toEqual({ tenantId: tenant.id, actor, expiresAt: now / 1000 + 604_800 });
  });

  it.each<[string, Partial<JobIdentity>]>([
    ["queue", { queue: "email" }],
    ["name", { name: "welcome2" }],
    ["id", { id: "8" }],
    ["schedule", { schedule: "daily" }],
    ["payload", { payload: "{ }" }],
    ["payload of bytes", { payload: Buffer.from([0x7b]) }],
  ])("opens for no other %s", (_, other) => {
    expect(opening(seal(), other)).toBe("SEAL_INVALID");
    expect(opening(seal(other), other)).toBe(null);
    expect(opening(seal(other))).toBe("SEAL_INVALID");
  });

  it("takes a text and its UTF-8 bytes for one payload", () => {
    expect(opening(seal({ payload: "ü" }), { payload: Buffer.from("ü") })).toBe(null);
  });

  it("without an id opens for any, for queues that let nobody choose one", () => {
    const without = { queue: job.queue, name: job.name!, payload: job.payload };
    const made = sealJob(ring, issueScope(tenant, user, []), without, now);
    expect(opening(made, { id: "any" })).toBe(null);
  });

  it("expires 7 days after the job is due, or when it is said", () => {
    const days = (n: number) => now + n * 86_400_000;
    expect(opening(seal(), {}, days(7) - 1)).toBe(null);
    expect(opening(seal(), {}, days(7))).toBe("SEAL_EXPIRED");
    expect(opening(seal({ dueAt: days(30) }), {}, days(37) - 1)).toBe(null);
    expect(opening(seal({ dueAt: days(30) }), {}, days(37))).toBe("SEAL_EXPIRED");
    expect(opening(seal({ dueAt: days(-30) }), {}, days(7) - 1)).toBe(null);
    expect(opening(seal({ lifetimeSeconds: 60 }), {}, now + 60_000)).toBe("SEAL_EXPIRED");
  });

  it.each([undefined, null, "", 7, {}, ["x"]])("is missed where there is %j", (nothing) => {
    expect(opening(nothing)).toBe("SEAL_REQUIRED");
  });

  it("is opened by no other purpose, and opens for none", () => {
    expect(refusal(() => openServiceSeal(ring, seal(), "emails", now))).toBe("SEAL_INVALID");
    const claims = { q: "emails", n: "welcome", jid: "7", kind: "user", id: "user-1" };
    const contents = { tenantId: tenant.id, expiresAt: now / 1000 + 30, claims };
    for (const purpose of ["service", "database", "operator", "registry"] as const) {
      expect(opening(makeSeal(ring, purpose, contents))).toBe("SEAL_INVALID");
    }
  });

  it.each<[string, Partial<SealJobOptions>]>([
    ["no queue", { queue: "" }],
    ["a queue's name that is too long", { queue: "q".repeat(201) }],
    ["a job's name that is too long", { name: "n".repeat(201) }],
    ["an empty id", { id: "" }],
    ["no lifetime", { lifetimeSeconds: 0 }],
    ["half a second", { lifetimeSeconds: 0.5 }],
    ["a lifetime above a year", { lifetimeSeconds: 367 * 86_400 }],
    ["a delay above a year", { dueAt: now + 367 * 86_400_000 }],
    ["a time that is none", { dueAt: Number.NaN }],
  ])("cannot be made with %s", (_, options) => {
    expect(refusal(() => seal(options))).toBe("CONFIG_INVALID");
  });

  it("cannot be made longer than what would be opened", () => {
    const actor = { kind: "user", id: "u".repeat(2000) } as const;
    expect(refusal(() => seal({}, actor))).toBe("CONFIG_INVALID");
  });

  it("cannot be made from what only looks like a scope", () => {
    const fake = { tenant, actor: user, evidence: [] } as never;
    expect(refusal(() => sealJob(ring, fake, job))).toBe("SCOPE_FORGED");
  });
});
