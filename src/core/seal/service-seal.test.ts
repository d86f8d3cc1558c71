import { describe, expect, it } from "vitest";
import type { ErrorCode } from "../errors.js";
import { issueScope, type Actor, type TenantScope } from "../scope.js";
import type { Tenant } from "../tenant.js";
import { isTenantryError } from "../tenantry-error.js";
import { createKeyRing } from "./key-ring.js";
import { makeSeal, type SealClaims } from "./seal.js";
import { openServiceSeal, sealHeader, type SealHeaderOptions } from "./service-seal.js";

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
const scopeOf = (actor: Actor) => issueScope(tenant, actor, []);
const user = { kind: "user", id: "user-1" } as const;
const now = 1_800_000_000_000;
const seal = (options: SealHeaderOptions = { audience: "reports" }, actor: Actor = user) =>
  sealHeader(ring, scopeOf(actor), options, now);

/** The code that `work` is refused with; null where it is not. */
function refusal(work: () => unknown): ErrorCode | null {
  try {
    work();
    return null;
  } catch (error) {
    if (isTenantryError(error)) return error.code;
    throw error;
  }
}

describe("a sealed header", () => {
  it.each<[Actor]>([
    [{ kind: "anonymous" }],
    [user],
    [{ kind: "service", id: "billing" }],
    [{ kind: "system", id: "Zoë & co" }],
  ])("carries the tenant and the actor %j", (actor) => {
    const opened = openServiceSeal(ring, seal({ audience: "reports" }, actor), "reports", now);
    expect(opened).toEqual({ tenantId: tenant.id, actor, expiresAt: now / 1000 + 30 });
  });

  it("opens for the named audience only", () => {
    for (const audience of ["billing", "report", "reports2", "Reports", ""]) {
      expect(refusal(() => openServiceSeal(ring, seal(), audience, now))).toBe("SEAL_INVALID");
    }
  });

  it("expires after 30 seconds, or after the time given", () => {
    const open = (text: string, seconds: number) => () =>
      openServiceSeal(ring, text, "reports", now + seconds * 1000);
    expect(open(seal(), 29)).not.toThrow();
    expect(refusal(open(seal(), 30))).toBe("SEAL_EXPIRED");
    const short = seal({ audience: "reports", lifetimeSeconds: 1 });
    expect(refusal(open(short, 1))).toBe("SEAL_EXPIRED");
  });

  it("opens with the older of two secrets, and with no other", () => {
    const rotated = createKeyRing([
      "another secret of at least thirty-two bytes",
      "a secret of at least thirty-two bytes, for tests",
    ]);
    expect(openServiceSeal(rotated, seal(), "reports", now).tenantId).toBe(tenant.id);
    const foreign = createKeyRing("another secret of at least thirty-two bytes");
    expect(refusal(() => openServiceSeal(foreign, seal(), "reports", now))).toBe("SEAL_INVALID");
  });

  it("is not opened by a seal for another purpose with the same claims", () => {
    const claims = { aud: "reports", kind: "user", id: "user-1" };
    const contents = { tenantId: tenant.id, expiresAt: now / 1000 + 30, claims };
    const other = makeSeal(ring, "database", contents);
    expect(refusal(() => openServiceSeal(ring, other, "reports", now))).toBe("SEAL_INVALID");
  });

  it.each<[SealClaims]>([
    [{}],
    [{ aud: "reports" }],
    [{ aud: "reports", kind: "operator", id: "x" }],
    [{ aud: "reports", kind: "user" }],
  ])("is refused with the claims %j", (claims) => {
    const contents = { tenantId: tenant.id, expiresAt: now / 1000 + 30, claims };
    const text = makeSeal(ring, "service", contents);
    expect(refusal(() => openServiceSeal(ring, text, "reports", now))).toBe("SEAL_INVALID");
  });

  it.each([
    ["no audience", { audience: "" }],
    ["an audience with a space", { audience: "re ports" }],
    ["no lifetime", { audience: "reports", lifetimeSeconds: 0 }],
    ["a lifetime of an hour", { audience: "reports", lifetimeSeconds: 3600 }],
    ["half a second", { audience: "reports", lifetimeSeconds: 0.5 }],
  ])("cannot be made with %s", (_, options) => {
    expect(refusal(() => seal(options))).toBe("CONFIG_INVALID");
  });

  it("cannot be made longer than what would be opened", () => {
    const actor = { kind: "user", id: "u".repeat(2000) } as const;
    expect(refusal(() => seal({ audience: "reports" }, actor))).toBe("CONFIG_INVALID");
  });

  it("cannot be made from what only looks like a scope", () => {
    const fake = { tenant, actor: user, evidence: [] } as unknown as TenantScope;
    expect(refusal(() => sealHeader(ring, fake, { audience: "reports" }))).toBe("SCOPE_FORGED");
  });
});
