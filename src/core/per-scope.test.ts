import { describe, expect, it } from "vitest";
import { runInScope } from "./context.js";
import { perScope } from "./per-scope.js";
import { issueScope } from "./scope.js";
import type { Tenant } from "./tenant.js";
import { isTenantryError } from "./tenantry-error.js";

describe("what is kept per scope", () => {
  const scopeOf = (id: string) => issueScope({ id, slug: id } as Tenant, { kind: "anonymous" }, []);

  it("is made once in a scope, and anew in another one of the same tenant", () => {
    const [a, again, b] = [scopeOf("a"), scopeOf("a"), scopeOf("b")];
    const kept = perScope(() => ({}));
    const first = runInScope(a, kept);
    expect(runInScope(a, kept)).toBe(first);
    expect(new Set([first, runInScope(again, kept), runInScope(b, kept)]).size).toBe(3);
  });

  it("is not to be had without a scope", () => {
    let failure: unknown;
    try {
      perScope(() => ({}))();
    } catch (error) {
      failure = error;
    }
    expect(isTenantryError(failure, "SCOPE_REQUIRED")).toBe(true);
  });
});
