import { describe, expect, it } from "vitest";
import type { Actor } from "../core/scope.js";
import type { Tenant } from "../core/tenant.js";
import { agree, type Finding } from "./agreement.js";
import { acme, globex, gone, outcome, sleepy, strangerId } from "./resolver.test-support.js";

const host = (slug: string, tenant: Tenant | null): Finding => ({
  signal: { source: "host", key: { by: "slug", value: slug }, detail: slug },
  tenant,
});
const token = (id: string, tenant: Tenant | null, actor?: Actor): Finding => ({
  signal: {
    source: "access-token",
    key: { by: "id", value: id },
    detail: "token-1",
    ...(actor === undefined ? {} : { actor }),
  },
  tenant,
});
const user = (id: string): Actor => ({ kind: "user", id });
const result = (...findings: readonly Finding[]) =>
  outcome(() => {
    const { tenant, actor } = agree(findings);
    return { tenant: tenant.slug, actor };
  });

describe("which tenant a request is for", () => {
  it("is the one that a single signal names", async () => {
    expect(await result(host("acme", acme))).toEqual({
      tenant: "acme",
      actor: { kind: "anonymous" },
    });
  });

  it("is the one that all signals lead to, by whatever name", async () => {
    const findings = [host("acme", acme), token(acme.id, acme, user("u1")), host("acme", acme)];
    expect(await result(...findings)).toEqual({ tenant: "acme", actor: user("u1") });
  });

  it.each<[string, string, readonly Finding[]]>([
    ["no signal", "TENANT_UNRESOLVED", []],
    ["an unknown host", "TENANT_UNRESOLVED", [host("none", null)]],
    ["an unknown name, twice", "TENANT_UNRESOLVED", [host("none", null), host("none", null)]],
    ["a token for an unknown tenant", "TENANT_UNRESOLVED", [token(strangerId, null)]],
    ["two tenants", "TENANT_MISMATCH", [host("acme", acme), token(globex.id, globex)]],
    [
      "a token for an unknown tenant at a good host",
      "TENANT_MISMATCH",
      [host("acme", acme), token(strangerId, null)],
    ],
    [
      "a good token at an unknown host",
      "TENANT_MISMATCH",
      [host("none", null), token(acme.id, acme)],
    ],
    [
      "two different names of nobody",
      "TENANT_MISMATCH",
      [host("none", null), token(strangerId, null)],
    ],
    [
      "two of three",
      "TENANT_MISMATCH",
      [host("acme", acme), token(acme.id, acme), host("globex", globex)],
    ],
    ["a suspended tenant", "TENANT_INACTIVE", [host("sleepy", sleepy)]],
    ["an archived tenant", "TENANT_INACTIVE", [host("gone", gone), token(gone.id, gone)]],
    [
      "an active and a suspended tenant",
      "TENANT_MISMATCH",
      [host("sleepy", sleepy), token(acme.id, acme)],
    ],
  ])("is refused for %s with %s", async (_, code, findings) => {
    expect(await result(...findings)).toBe(code);
    expect(await result(...[...findings].reverse())).toBe(code);
  });

  it("is answered alike to a token's holder at another tenant's host and at nobody's", async () => {
    const mine = token(acme.id, acme);
    expect(await result(host("globex", globex), mine)).toBe(await result(host("none", null), mine));
  });

  it("is refused for a status that is not known to be active", async () => {
    const odd = { ...acme, status: "trial" } as unknown as Tenant;
    expect(await result(host("acme", odd))).toBe("TENANT_INACTIVE");
  });
});

describe("who acts", () => {
  const asked = (...actors: readonly Actor[]) =>
    result(...actors.map((actor) => token(acme.id, acme, actor)));

  it("is whom the signals prove, and an anonymous one proves nobody", async () => {
    expect(await asked({ kind: "anonymous" }, user("u1"), user("u1"))).toMatchObject({
      actor: user("u1"),
    });
  });

  it("is refused where two signals prove different actors", async () => {
    expect(await asked(user("u1"), user("u2"))).toBe("ACTOR_MISMATCH");
    expect(await asked(user("x"), { kind: "service", id: "x" })).toBe("ACTOR_MISMATCH");
  });
});
