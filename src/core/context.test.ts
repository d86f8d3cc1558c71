import { EventEmitter } from "node:events";
import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, it, vi } from "vitest";
import {
  currentContext,
  currentScope,
  runAsOperator,
  runCentral,
  runDetached,
  runInScope,
} from "./context.js";
import { issueScope, isScope, type TenantScope } from "./scope.js";
import type { Tenant } from "./tenant.js";
import { isTenantryError } from "./tenantry-error.js";
import { newUuid } from "./uuid.js";

function scopeOf(slug: string): TenantScope {
  const tenant: Tenant = {
    id: newUuid(),
    slug,
    name: slug,
    status: "active",
    placement: "default",
    settings: {},
    version: 1,
  };
  return issueScope(tenant, { kind: "anonymous" }, []);
}
const [a, b] = [scopeOf("acme"), scopeOf("beta")];

function refusal(work: () => unknown): string | null {
  try {
    work();
    return null;
  } catch (error) {
    if (isTenantryError(error)) return error.code;
    throw error;
  }
}

describe("the active scope", () => {
  it("is the one that the work runs in, through whatever it awaits", async () => {
    await runInScope(a, async () => {
      expect(currentScope()).toBe(a);
      await turn();
      expect(currentScope()).toBe(a);
      await Promise.all([1, 2].map(async () => turn().then(() => expect(currentScope()).toBe(a))));
    });
  });

  it("is missing outside of any, and says why", () => {
    expect(currentContext()).toBeUndefined();
    expect(refusal(currentScope)).toBe("SCOPE_REQUIRED");
    expect(() => runCentral("/healthz", currentScope)).toThrow('"/healthz" is listed as central');
    const operator = { actor: "ada", reason: "x", expiresAt: 0 };
    expect(() => runAsOperator(operator, currentScope)).toThrow("operator work");
  });

  it("ends with the work, also where the work throws", async () => {
    expect(() => runInScope(a, () => JSON.parse("{") as unknown)).toThrow();
    await expect(runInScope(a, () => Promise.reject(new Error("x")))).rejects.toThrow("x");
    expect(currentContext()).toBeUndefined();
  });

  it("is each request's own, however they interleave", async () => {
    const scopes = Array.from({ length: 100 }, (_, i) => scopeOf(`t${i}`));
    await Promise.all(
      scopes.map((scope) =>
        runInScope(scope, async () => {
          for (let i = 0; i < 20; i++) {
            await (i % 2 ? turn() : Promise.resolve());
            expect(currentScope()).toBe(scope);
          }
        }),
      ),
    );
  });

  it("is not that of whoever subscribed, but that of whoever emits", () => {
    const emitter = new EventEmitter();
    let seen: unknown;
    runInScope(a, () => emitter.on("x", () => void (seen = currentScope())));
    runInScope(b, () => emitter.emit("x"));
    expect(seen).toBe(b);
  });

  it("is nothing at all in detached work, also later", async () => {
    await runInScope(a, async () => {
      const later = runDetached(async () => {
        await turn();
        return currentContext();
      });
      expect(await later).toBeUndefined();
      expect(currentScope()).toBe(a);
    });
  });
});

describe("a scope inside a scope", () => {
  it("of another tenant is refused, with both named for the log", () => {
    runInScope(a, () => {
      expect(refusal(() => runInScope(b, () => 0))).toBe("SCOPE_NESTED");
      expect(refusal(() => runInScope(b, () => 0, { nested: false }))).toBe("SCOPE_NESTED");
    });
    expect(() => runInScope(a, () => runInScope(b, () => 0))).toThrow(a.tenant.id);
  });

  it("of another tenant is allowed where it is meant, and gives the outer one back", () => {
    runInScope(a, () => {
      runInScope(b, () => expect(currentScope()).toBe(b), { nested: true });
      expect(currentScope()).toBe(a);
    });
  });

  it("of the same tenant is allowed", () => {
    const again = issueScope(a.tenant, { kind: "user", id: "u" }, []);
    expect(runInScope(a, () => runInScope(again, () => currentScope()))).toBe(again);
  });

  it("is allowed in a central route and in operator work", () => {
    expect(runCentral("/", () => runInScope(a, currentScope))).toBe(a);
    const operator = { actor: "ada", reason: "x", expiresAt: 0 };
    expect(runAsOperator(operator, () => runInScope(a, currentScope))).toBe(a);
  });
});

describe("a scope", () => {
  it("cannot be made from what looks like one", () => {
    const fakes: unknown[] = [
      null,
      undefined,
      a.tenant.id,
      a.tenant,
      { ...a },
      structuredClone(a),
      JSON.parse(JSON.stringify(a)),
      Object.create(a),
      new Proxy(a, {}),
    ];
    for (const fake of fakes) {
      expect(isScope(fake)).toBe(false);
      expect(refusal(() => runInScope(fake as TenantScope, () => 0))).toBe("SCOPE_FORGED");
    }
  });

  it("cannot be changed, nor through what it was made from", () => {
    const tenant: Tenant = { ...a.tenant };
    const actor = { kind: "user" as const, id: "u" };
    const evidence = [{ source: "host", detail: "x" }];
    const scope = issueScope(tenant, actor, evidence);
    (tenant as { id: string }).id = b.tenant.id;
    actor.id = "v";
    evidence[0]!.detail = "y";
    evidence.push({ source: "z", detail: "z" });
    expect([scope.tenant.id, scope.actor, scope.evidence]).toEqual([
      a.tenant.id,
      { kind: "user", id: "u" },
      [{ source: "host", detail: "x" }],
    ]);
    expect(() => Object.assign(scope, { tenant: b.tenant })).toThrow(TypeError);
    expect(() => Object.assign(scope.tenant, { id: b.tenant.id })).toThrow(TypeError);
    expect(() => (scope.evidence as unknown[]).push(1)).toThrow(TypeError);
  });

  it("of one copy of the package is a scope to another, and so is its context", async () => {
    vi.resetModules();
    const copy = await import("./context.js");
    expect(copy.runInScope).not.toBe(runInScope);
    expect(copy.runInScope(a, currentScope)).toBe(a);
    expect(runInScope(a, copy.currentScope)).toBe(a);
  });
});
