import { beforeAll, describe, expect, it } from "vitest";
import { isScope } from "../core/scope.js";
import { sealHeader } from "../core/seal/service-seal.js";
import type { TenantKey } from "../core/tenant.js";
import { isTenantryError, TenantryError } from "../core/tenantry-error.js";
import { fromAccessToken } from "./access-token/from-access-token.js";
import type { FromAccessTokenOptions } from "./access-token/options.js";
import {
  audience,
  issuer,
  keySet,
  sign,
  signingKey,
  type SigningKey,
} from "./access-token/tokens.test-support.js";
import type { IncomingRequest, Resolver, Signal } from "./contract.js";
import { fromHost } from "./host/from-host.js";
import { fromPath } from "./path.js";
import {
  acme,
  globex,
  keys,
  lookup,
  outcome,
  recorder,
  request,
  strangerId,
} from "./resolver.test-support.js";
import { createRequestResolver, type RequestResolverOptions } from "./resolve-request.js";
import { fromSealedHeader } from "./sealed-header.js";

let key: SigningKey;
let tokenOptions: FromAccessTokenOptions;

beforeAll(async () => {
  key = await signingKey("EdDSA", "ed");
  tokenOptions = { issuer, audience, jwks: keySet(key) };
});

function setUp(options: Partial<RequestResolverOptions> = {}) {
  const { events, sink } = recorder();
  const registry = lookup();
  const resolver = createRequestResolver({
    resolvers: [
      fromHost({ baseDomain: "example.com" }),
      fromAccessToken(tokenOptions),
      fromSealedHeader({ audience: "reports" }),
    ],
    lookup: registry,
    keys,
    events: sink,
    ...options,
  });
  /** `acme as user user-1`, `central /x`, or the code of the refusal. */
  const ask = async (given: IncomingRequest) => {
    const resolution = await outcome(() => resolver.resolve(given));
    if (typeof resolution === "string") return resolution;
    if (resolution.kind === "central") return `central ${resolution.route}`;
    const { tenant, actor } = resolution.scope;
    return actor.kind === "anonymous" ? tenant.slug : `${tenant.slug} as ${actor.kind} ${actor.id}`;
  };
  return { resolver, ask, events, registry };
}

const bearer = (token: string) => ["Authorization", `Bearer ${token}`] as const;
const at = (host: string, token?: string) =>
  request({ host, headers: token === undefined ? [] : [bearer(token)] });
const custom = (signal: unknown): Resolver => ({
  name: "custom",
  varies: [],
  read: () => signal as Signal,
});

describe("a request that names its tenant", () => {
  it.each([
    ["acme.example.com", "acme"],
    ["api.acme.example.com:443", "acme"],
    ["crm.acme.test", "acme"],
  ])("by the host %s is for %s", async (host, slug) => {
    const { ask, events } = setUp();
    expect(await ask(at(host))).toBe(slug);
    expect(events).toEqual([]);
  });

  it("by host and token gets one scope on both, with the token's user", async () => {
    const { resolver } = setUp();
    const resolution = await resolver.resolve(at("acme.example.com", await sign(key)));
    if (resolution.kind !== "tenant") throw new Error("expected a tenant");
    expect(isScope(resolution.scope)).toBe(true);
    expect(resolution.scope.tenant).toEqual(acme);
    expect(resolution.scope.actor).toEqual({ kind: "user", id: "user-1" });
    expect(resolution.scope.evidence).toEqual([
      { source: "host", detail: "acme.example.com" },
      { source: "access-token", detail: "token-1" },
    ]);
  });

  it("by a sealed header from another service is for that scope's tenant and actor", async () => {
    const { ask, resolver } = setUp({ resolvers: [fromSealedHeader({ audience: "reports" })] });
    const first = await setUp().resolver.resolve(at("acme.example.com", await sign(key)));
    if (first.kind !== "tenant") throw new Error("expected a tenant");
    const header = sealHeader(keys, first.scope, { audience: "reports" });
    const given = request({ headers: [["tenantry-scope", header]] });
    expect(await ask(given)).toBe("acme as user user-1");
    expect(resolver.varies).toEqual(["tenantry-scope"]);
  });

  it("by path works in absolute-form, without a host of its own", async () => {
    const { ask } = setUp({ resolvers: [fromPath({ prefix: "/t" })] });
    expect(await ask(request({ target: "/t/acme/x" }))).toBe("acme");
    expect(await ask(request({ target: "/x" }))).toBe("TENANT_UNRESOLVED");
  });
});

describe("a request that is refused", () => {
  it.each<[string, string, IncomingRequest]>([
    ["no host", "TENANT_UNRESOLVED", request()],
    ["a malformed host", "TENANT_UNRESOLVED", request({ host: "acme@globex.example.com" })],
    ["an unknown tenant", "TENANT_UNRESOLVED", request({ host: "none.example.com" })],
    ["an unknown custom domain", "TENANT_UNRESOLVED", request({ host: "none.test" })],
    ["the base domain", "TENANT_UNRESOLVED", request({ host: "example.com" })],
    ["a reserved name", "TENANT_UNRESOLVED", request({ host: "admin.example.com" })],
    ["a suspended tenant", "TENANT_INACTIVE", request({ host: "sleepy.example.com" })],
    ["an archived tenant", "TENANT_INACTIVE", request({ host: "gone.example.com" })],
  ])("has %s: %s", async (_, code, given) => {
    const { ask, events } = setUp();
    expect(await ask(given)).toBe(code);
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({ severity: "info", detail: { code, peer: "203.0.113.9" } });
  });

  it("believes no plain header that names a tenant", async () => {
    const { ask } = setUp();
    const names = ["X-Tenant-Id", "X-Tenant", "Tenant", "X-Forwarded-Host", "Forwarded", "X-Host"];
    for (const name of names) {
      for (const value of [globex.id, globex.slug, "globex.example.com"]) {
        expect(await ask(request({ headers: [[name, value]] }))).toBe("TENANT_UNRESOLVED");
        expect(await ask(request({ host: "acme.example.com", headers: [[name, value]] }))).toBe(
          "acme",
        );
      }
    }
  });

  it("carries a token of one tenant to the host of another: a security event names both", async () => {
    const { ask, events } = setUp();
    const token = await sign(key, { tenant_id: globex.id });
    expect(await ask(at("acme.example.com", token))).toBe("TENANT_MISMATCH");
    expect(events).toMatchObject([
      {
        type: "tenant.mismatch",
        severity: "security",
        detail: {
          "host.read": "acme.example.com",
          "host.tenant": acme.id,
          "access-token.read": "token-1",
          "access-token.tenant": globex.id,
        },
      },
    ]);
    expect(JSON.stringify(events)).not.toContain(token);
  });

  it("names no tenant in what goes out", async () => {
    const { resolver } = setUp();
    const refused = resolver.resolve(
      at("acme.example.com", await sign(key, { tenant_id: globex.id })),
    );
    const error = await refused.catch((caught: unknown) => caught);
    expect(isTenantryError(error) && error.toPublic()).toEqual({
      error: { code: "TENANT_MISMATCH", title: "Forbidden" },
    });
  });

  it("carries a good host with a token for an unknown tenant: a mismatch", async () => {
    const { ask } = setUp();
    const token = await sign(key, { tenant_id: strangerId });
    expect(await ask(at("acme.example.com", token))).toBe("TENANT_MISMATCH");
  });

  it("carries a sealed header for another tenant than the host's: a mismatch", async () => {
    const { ask } = setUp();
    const first = await setUp().resolver.resolve(at("globex.example.com"));
    if (first.kind !== "tenant") throw new Error("expected a tenant");
    const header = sealHeader(keys, first.scope, { audience: "reports" });
    const given = request({ host: "acme.example.com", headers: [["Tenantry-Scope", header]] });
    expect(await ask(given)).toBe("TENANT_MISMATCH");
  });

  it("has a forged seal, at a good host: a security event", async () => {
    const { ask, events } = setUp();
    const given = request({ host: "acme.example.com", headers: [["Tenantry-Scope", globex.id]] });
    expect(await ask(given)).toBe("SEAL_INVALID");
    expect(events).toMatchObject([{ type: "seal.refused", severity: "security" }]);
  });
});

describe("what an answer tells of a host", () => {
  const hosts = [
    "acme.example.com",
    "none.example.com",
    "sleepy.example.com",
    "a@b",
    "example.com",
  ];

  it("is nothing to who has no token where one is required", async () => {
    const resolvers = [
      fromHost({ baseDomain: "example.com" }),
      fromAccessToken({ ...tokenOptions, required: true }),
    ];
    for (const host of hosts) {
      const { ask, registry } = setUp({ resolvers });
      expect(await ask(at(host))).toBe("TOKEN_REQUIRED");
      expect(registry.asked).toEqual([]);
    }
  });

  it("is nothing to who has a bad token", async () => {
    for (const host of hosts) expect(await setUp().ask(at(host, "a.b.c"))).toBe("TOKEN_INVALID");
  });

  it("is nothing of which other tenants exist to who has a good token", async () => {
    for (const host of ["globex.example.com", "none.example.com", "sleepy.example.com", "x.test"]) {
      expect(await setUp().ask(at(host, await sign(key)))).toBe("TENANT_MISMATCH");
    }
  });

  it("does not depend on the order of the resolvers", async () => {
    const host = fromHost({ baseDomain: "example.com" });
    const token = fromAccessToken(tokenOptions);
    for (const resolvers of [
      [host, token],
      [token, host],
    ]) {
      expect(await setUp({ resolvers }).ask(at("a@b", "a.b.c"))).toBe("TOKEN_INVALID");
    }
  });

  it("reports each of several refusals", async () => {
    const { ask, events } = setUp();
    const headers = [bearer("a.b.c"), ["Tenantry-Scope", "forged"]] as const;
    await ask(request({ host: "a@b", headers }));
    expect(events.map(({ type }) => type)).toEqual([
      "tenant.unresolved",
      "token.refused",
      "seal.refused",
    ]);
  });
});

describe("the registry", () => {
  it("is asked for each distinct name once, at the same time", async () => {
    let open: (tenant: null) => void = () => {};
    const gate = new Promise<null>((resolve) => (open = resolve));
    const asked: TenantKey[] = [];
    const slow = {
      find: (name: TenantKey) => {
        asked.push(name);
        return gate;
      },
    };
    const again: Resolver = {
      ...custom({ source: "custom", key: { by: "slug", value: "acme" }, detail: "acme" }),
    };
    const resolvers = [
      fromHost({ baseDomain: "example.com" }),
      fromAccessToken(tokenOptions),
      again,
    ];
    const { ask } = setUp({ resolvers, lookup: slow });
    const pending = ask(at("acme.example.com", await sign(key)));
    await expect.poll(() => asked.length).toBe(2);
    expect(asked).toEqual([
      { by: "slug", value: "acme" },
      { by: "id", value: acme.id },
    ]);
    open(null);
    expect(await pending).toBe("TENANT_MISMATCH");
  });

  it("passes its failure on where it cannot answer, even for one of two names", async () => {
    const down = new TenantryError("REGISTRY_UNAVAILABLE", { message: "Down.", fix: "Wait." });
    const broken = {
      find: (name: TenantKey) => (name.by === "id" ? Promise.reject(down) : Promise.resolve(acme)),
    };
    const { ask } = setUp({ lookup: broken });
    expect(await ask(at("acme.example.com", await sign(key)))).toBe("REGISTRY_UNAVAILABLE");
  });

  it.each([
    [{ by: "slug", value: "ACME" }],
    [{ by: "slug", value: undefined }],
    [{ by: "id", value: "acme" }],
    [{ by: "domain", value: "CRM.acme.test." }],
    [{ by: "name", value: "acme" }],
  ])("is never asked for %j, which a careless resolver of one's own gave", async (bad) => {
    const resolvers = [custom({ source: "custom", key: bad, detail: "x" })];
    const { ask, registry } = setUp({ resolvers });
    expect(await ask(request())).toBe("TENANT_UNRESOLVED");
    expect(registry.asked).toEqual([]);
  });
});

describe("a resolver of one's own", () => {
  it("that throws anything refuses the request with just that", async () => {
    const broken: Resolver = {
      ...custom(null),
      read: () => {
        throw new RangeError("a bug");
      },
    };
    const { resolver, events } = setUp({
      resolvers: [fromHost({ baseDomain: "example.com" }), broken],
    });
    await expect(resolver.resolve(at("acme.example.com"))).rejects.toThrow(RangeError);
    await expect(resolver.resolve(at("a@b"))).rejects.toThrow(RangeError);
    expect(events.map(({ type }) => type)).toEqual(["tenant.unresolved"]);
  });

  it("that answers undefined where null is meant does not pass for silence", async () => {
    const resolvers = [fromHost({ baseDomain: "example.com" }), custom(undefined)];
    await expect(setUp({ resolvers }).resolver.resolve(at("acme.example.com"))).rejects.toThrow();
  });
});

describe("central routes", () => {
  const central = ["/healthz", "/auth/*"];

  it("are served without a host, and before any resolver reads", async () => {
    const { ask, registry, events } = setUp({ central });
    expect(await ask(request({ target: "/healthz" }))).toBe("central /healthz");
    expect(await ask(request({ target: "/auth/token", host: "a@b" }))).toBe("central /auth/*");
    expect(registry.asked).toEqual([]);
    expect(events).toEqual([]);
  });

  it("do not take in what only looks like them", async () => {
    const { ask } = setUp({ central });
    for (const target of ["/auth/../x", "/auth/%2e%2e/x", "/auth//x", "/healthz/", "/auth"]) {
      expect(await ask(request({ target }))).toBe("TENANT_UNRESOLVED");
    }
  });
});

describe("set-up", () => {
  it("tells what answers vary on", () => {
    expect(setUp().resolver.varies).toEqual(["authorization", "tenantry-scope"]);
    expect(setUp({ trustedProxies: ["10.0.0.0/8"] }).resolver.varies).toEqual([
      "x-forwarded-host",
      "authorization",
      "tenantry-scope",
    ]);
  });

  it("believes a trusted proxy about the host", async () => {
    const { ask } = setUp({ trustedProxies: ["10.0.0.0/8"] });
    const headers = [["X-Forwarded-Host", "globex.example.com"]] as const;
    const given = request({ host: "acme.example.com", headers });
    expect(await ask({ ...given, remoteAddress: "10.1.1.1" })).toBe("globex");
    expect(await ask(given)).toBe("acme");
  });

  it.each<[string, () => Partial<RequestResolverOptions>]>([
    ["no resolver", () => ({ resolvers: [] })],
    ["two of one name", () => ({ resolvers: [custom(null), custom(null)] })],
    ["a central route of everything", () => ({ central: ["/*"] })],
    ["a trusted proxy of everyone", () => ({ trustedProxies: ["0.0.0.0/0"] })],
  ])("is refused with %s", (_, options) => {
    expect(() => setUp(options())).toThrow(
      expect.toSatisfy((error) => isTenantryError(error, "CONFIG_INVALID")),
    );
  });
});
