import { describe, expect, it } from "vitest";
import { currentScope, runInScope } from "./context.js";
import { enterTenant, type EnterOptions, type TenantReference } from "./enter.js";
import { issueScope } from "./scope.js";
import type { Tenant, TenantKey, TenantLookup } from "./tenant.js";
import { isTenantryError } from "./tenantry-error.js";
import { newUuid } from "./uuid.js";

const tenant = (slug: string, status: Tenant["status"] = "active"): Tenant => ({
  id: newUuid(),
  slug,
  name: slug,
  status,
  placement: "default",
  settings: {},
  version: 1,
});
const tenants = [tenant("acme"), tenant("gone", "archived"), tenant("late", "suspended")];
const [acme, gone, late] = tenants as [Tenant, Tenant, Tenant];

const asked: TenantKey[] = [];
const lookup: TenantLookup = {
  async find(key) {
    asked.push(key);
    return tenants.find((known) => (key.by === "id" ? known.id : known.slug) === key.value) ?? null;
  },
};
const enter = <T>(reference: TenantReference, work: () => T, options: Partial<EnterOptions> = {}) =>
  enterTenant(lookup, reference, { reason: "a test", ...options }, work);

async function refusal(work: Promise<unknown>): Promise<string | null> {
  try {
    await work;
    return null;
  } catch (error) {
    if (isTenantryError(error)) return error.code;
    throw error;
  }
}

describe("entering a tenant", () => {
  it.each([
    ["its id", acme.id, { by: "id", value: acme.id }],
    ["its slug", "acme", { by: "slug", value: "acme" }],
    ["the tenant", acme, { by: "id", value: acme.id }],
  ])("by %s runs the work in its scope", async (_, reference, key) => {
    const scope = await enter(reference, currentScope);
    expect(scope.tenant).toEqual(acme);
    expect(asked.at(-1)).toEqual(key);
    expect(scope.actor).toEqual({ kind: "system", id: "enter" });
    expect(scope.evidence).toEqual([{ source: "enter", detail: "a test" }]);
  });

  it("asks the registry, and believes nothing of the tenant that was passed but its id", async () => {
    const claimed = { ...acme, status: "archived", name: "Evil" } as Tenant;
    expect((await enter(claimed, currentScope)).tenant).toEqual(acme);
  });

  it("gives what the work gives, and throws what it throws", async () => {
    expect(await enter(acme, async () => 7)).toBe(7);
    await expect(enter(acme, () => Promise.reject(new Error("x")))).rejects.toThrow("x");
  });

  it("takes an actor", async () => {
    const actor = { kind: "user", id: "ada" } as const;
    expect((await enter(acme, currentScope, { actor })).actor).toEqual(actor);
  });

  it.each([undefined, "", "  \n", 7, "x".repeat(1001)])(
    "is refused with the reason %j",
    async (reason) => {
      const options = { reason } as EnterOptions;
      expect(await refusal(enter(acme, currentScope, options))).toBe("REASON_REQUIRED");
    },
  );

  it("is refused without options at all", async () => {
    const none = undefined as unknown as EnterOptions;
    expect(await refusal(enterTenant(lookup, acme, none, currentScope))).toBe("REASON_REQUIRED");
  });

  it.each(["nobody", newUuid(), "", null, undefined, 7, {}, { id: "" }])(
    "is refused for a tenant that is not there: %j",
    async (reference) => {
      expect(await refusal(enter(reference as string, currentScope))).toBe("TENANT_NOT_FOUND");
    },
  );

  it("is refused for one that is not active, unless that is meant", async () => {
    for (const inactive of [gone, late]) {
      expect(await refusal(enter(inactive, currentScope))).toBe("TENANT_INACTIVE");
      const scope = await enter(inactive, currentScope, { allowInactive: true });
      expect(scope.tenant.id).toBe(inactive.id);
    }
  });

  it("is refused inside another tenant's work, unless that is meant", async () => {
    const outer = issueScope(tenant("outer"), { kind: "anonymous" }, []);
    await runInScope(outer, async () => {
      expect(await refusal(enter(acme, currentScope))).toBe("SCOPE_NESTED");
      expect((await enter(acme, currentScope, { nested: true })).tenant.id).toBe(acme.id);
      expect(currentScope()).toBe(outer);
    });
  });

  it("does not happen where the registry cannot answer", async () => {
    const broken: TenantLookup = { find: () => Promise.reject(new Error("down")) };
    await expect(enterTenant(broken, acme, { reason: "x" }, currentScope)).rejects.toThrow("down");
  });
});
