import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { runInScope } from "../../core/context.js";
import { issueScope } from "../../core/scope.js";
import { isTenantryError } from "../../core/tenantry-error.js";
import { lookup } from "../../resolver/resolver.test-support.js";
import { cachedByTenant, type KeyPart } from "./cached.js";
import type { NextTenantry } from "./proxy.js";
import type { NextHost } from "./slices.js";
import { createNextTenancy } from "./tenancy.js";

const host: NextHost = {
  headers: async () => new Headers(),
  cache: (work) => work,
  NextResponse: Object.assign(() => undefined, { next: () => new Response() }),
  workUnitAsyncStorage: { getStore: () => undefined },
};
const never = (): NextTenantry => {
  throw new Error("nobody asked for it yet");
};

async function refusal(work: () => unknown): Promise<string> {
  try {
    await work();
    return "none";
  } catch (error) {
    return isTenantryError(error) ? `${error.code} ${error.message} ${error.fix}` : String(error);
  }
}

describe("createNextTenancy", () => {
  afterEach(() => vi.unstubAllEnvs());

  it("asks for no Tenantry until there is a request", () => {
    expect(() => createNextTenancy(never, host)).not.toThrow();
  });

  it("says that the edge runtime will not do, and what will", async () => {
    vi.stubEnv("NEXT_RUNTIME", "edge");
    expect(await refusal(() => createNextTenancy(never, host))).toMatch(
      /^CONFIG_INVALID .*edge runtime.*proxy\.ts/,
    );
  });

  it.each(["headers", "cache", "NextResponse", "workUnitAsyncStorage"])(
    "says that %s was not passed",
    async (name) => {
      const lacking = { ...host, [name]: undefined };
      expect(await refusal(() => createNextTenancy(never, lacking))).toMatch(
        new RegExp(`^CONFIG_INVALID .*\`${name}\``),
      );
    },
  );

  it("has no scope where the proxy did not see the request, and names the mend", async () => {
    const tenancy = createNextTenancy(never, host);
    expect(await refusal(() => tenancy.scope())).toMatch(/^SCOPE_REQUIRED .*proxy\.ts/);
    expect(await refusal(() => tenancy.run(async () => 1))).toMatch(/^SCOPE_REQUIRED/);
  });

  it("cannot cache without unstable_cache, nor outside of a scope", async () => {
    const tenancy = createNextTenancy(never, host);
    expect(await refusal(() => tenancy.cached("x", async () => 1))).toMatch(/^CONFIG_INVALID/);
    const cached = cachedByTenant(
      (work) => work,
      "x",
      async () => 1,
    );
    expect(await refusal(() => cached())).toMatch(/^SCOPE_REQUIRED/);
  });
});

describe("a cached function's key", async () => {
  const tenant = (await lookup().find({ by: "slug", value: "acme" }))!;
  const scope = issueScope(tenant, { kind: "anonymous" }, []);
  const keyOf = async (name: string, ...values: KeyPart[]): Promise<string> => {
    let key = "";
    const cached = cachedByTenant<KeyPart[], number>(
      (work, parts) => {
        key = parts.join(",");
        return work;
      },
      name,
      async () => 1,
    );
    await runInScope(scope, () => cached(...values));
    return key;
  };

  it("is another for another name or other arguments", async () => {
    const call = fc.tuple(
      fc.string(),
      fc.array(fc.jsonValue({ depthSize: "small" }) as fc.Arbitrary<KeyPart>),
    );
    await fc.assert(
      fc.asyncProperty(call, call, async (one, other) => {
        const same = JSON.stringify(one) === JSON.stringify(other);
        const [a, b] = [await keyOf(one[0], ...one[1]), await keyOf(other[0], ...other[1])];
        expect(a === b).toBe(same);
      }),
    );
  });

  it.each([undefined, new Date(0), () => 1, Number.NaN, new Map(), [undefined], { a: 1n }])(
    "cannot be made with %s",
    async (value) => {
      expect(await refusal(() => keyOf("x", value as unknown as KeyPart))).toMatch(
        /^CONFIG_INVALID/,
      );
    },
  );
});
