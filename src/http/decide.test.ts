import { describe, expect, it } from "vitest";
import { currentContext, runCentral } from "../core/context.js";
import { errorCodes } from "../core/errors.js";
import { request } from "../resolver/resolver.test-support.js";
import { decide } from "./decide.js";
import { insideOf } from "./request-context.js";
import { here, tenancy } from "./tenancy.test-support.js";

const admitted = async (host: string, target = "/") => {
  const decision = await decide(tenancy(), request({ host, target }));
  if (decision.kind === "refused") throw new Error(decision.body);
  return decision;
};

describe("a decision", () => {
  it("is a tenant's scope, a central route, or a whole answer", async () => {
    const tenantry = tenancy();
    const kinds = await Promise.all([
      decide(tenantry, request({ host: "acme.example.com" })),
      decide(tenantry, request({ target: "/public/x" })),
      decide(tenantry, request({ host: "none.example.com" })),
    ]);
    expect(kinds).toMatchObject([
      { kind: "tenant", scope: { tenant: { slug: "acme" } } },
      { kind: "central", route: "/public/*" },
      { kind: "refused", status: errorCodes.TENANT_UNRESOLVED.status },
    ]);
  });

  it("is made outside of whatever context it is asked for in", async () => {
    const contexts: unknown[] = [];
    const { events, resolver } = tenancy();
    const looking = {
      events,
      resolver: {
        ...resolver,
        resolve: async (incoming: Parameters<typeof resolver.resolve>[0]) => {
          contexts.push(currentContext());
          await Promise.resolve();
          contexts.push(currentContext());
          return resolver.resolve(incoming);
        },
      },
    };
    const inside = insideOf(await admitted("globex.example.com"));
    await inside(() => decide(looking, request({ host: "acme.example.com" })));
    expect(contexts).toEqual([undefined, undefined]);
  });
});

describe("the way into a request's context", () => {
  it("leads there from none, from its own, from another's and from a central route", async () => {
    const acme = insideOf(await admitted("acme.example.com"));
    const globex = insideOf(await admitted("globex.example.com"));
    const central = insideOf(await admitted("none.test", "/healthz"));
    expect(acme(here)).toBe("acme");
    expect(acme(() => acme(here))).toBe("acme");
    expect(acme(() => globex(here))).toBe("globex");
    expect(runCentral("/x", () => globex(here))).toBe("globex");
    expect(globex(() => central(here))).toBe("SCOPE_REQUIRED");
    expect(globex(() => (central(here), here()))).toBe("globex");
  });
});
