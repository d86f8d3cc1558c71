import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { nextProbes, openNextCopy } from "./next-probes.js";
import { openSourceCopies, type SourceCopies } from "./source-copy.js";
import type { SourceMutant } from "./source-mutants.js";
import { severalTries } from "./several-tries.js";

const mutants: readonly SourceMutant[] = [
  {
    name: "the proxy passes on a scope that a client sent",
    file: "http/next/proxy.ts",
    changes: [["headers.delete(scopeHeader);", ""]],
    killedBy: "a-scope-from-outside-is-dropped",
  },
  {
    name: "the proxy goes on after a refusal",
    file: "http/next/proxy.ts",
    changes: [
      [`if (decision.kind === "refused") return toResponse(decision, request.method);`, ""],
    ],
    killedBy: "a-refused-request-goes-no-further",
  },
  {
    name: "the seal is bound to no host",
    file: "http/next/scope-header.ts",
    changes: [["update(name)", `update("")`]],
    killedBy: "a-scope-opens-under-its-own-host-alone",
  },
  {
    name: "the seal's MAC is not looked at",
    file: "core/seal/seal.ts",
    changes: [
      [`!timingSafeEqual(mac(key, purpose, body!), Buffer.from(givenMac!, "hex"))`, "false"],
    ],
    killedBy: "a-forged-scope-opens-nothing",
  },
  {
    name: "nobody asks whether a cache is filled",
    file: "core/context.ts",
    changes: [["  assertOutsideOfCaches(context);\n", ""]],
    killedBy: "a-cache-that-is-filled-has-no-tenant",
  },
  {
    name: "unstable_cache is not known for a cache",
    file: "http/next/tenancy.ts",
    changes: [[` || unit?.type === "unstable-cache"`, ""]],
    killedBy: "a-cache-that-is-filled-has-no-tenant",
  },
  {
    name: "use cache is not known for a cache",
    file: "http/next/tenancy.ts",
    changes: [[`unit?.type === "cache" || `, ""]],
    killedBy: "a-cache-that-is-filled-has-no-tenant",
  },
  {
    name: "whatever runs a scope in a cache may read it there",
    file: "core/context.ts",
    changes: [
      [
        `const cacheFrame = outer?.kind === "tenant" ? outer.cacheFrame : null;`,
        "const cacheFrame = currentCacheFrame();",
      ],
    ],
    killedBy: "a-scope-run-in-a-cache-is-refused-too",
  },
  {
    name: "a cached value's key has no tenant",
    file: "http/next/cached.ts",
    changes: [["JSON.stringify([scope.tenant.id, name,", "JSON.stringify([name,"]],
    killedBy: "what-is-cached-is-its-tenants",
  },
  {
    name: "a cached value's key has no arguments",
    file: "http/next/cached.ts",
    changes: [[", values.map(assertKeyPart)]", "]"]],
    killedBy: "what-is-cached-is-its-tenants",
  },
  {
    name: "a tag is everyone's",
    file: "http/next/cached.ts",
    changes: [["tenantry:${currentScope().tenant.id}:${name}", "tenantry:${name}"]],
    killedBy: "a-tag-is-its-tenants",
  },
  {
    name: "a scope is made of plain objects",
    file: "core/scope.ts",
    changes: [["Object.create(partPrototype)", "Object.create(Object.prototype)"]],
    killedBy: "no-part-of-a-scope-is-plain",
  },
];

describe("tenancy of Next.js with something wrong in it", () => {
  let copies: SourceCopies;
  beforeAll(async () => {
    copies = await openSourceCopies();
  });
  afterAll(() => copies?.remove());

  const passes = async (name: string, mutant?: SourceMutant) => {
    const copy = await openNextCopy(await copies.copy(mutant?.file, mutant?.changes));
    // A probe that throws has noticed, too.
    return nextProbes[name]!(copy).catch((error: unknown) => String(error));
  };

  it.each(Object.keys(nextProbes))(
    "has nothing wrong for the probe %s until it is mutated",
    async (name) => {
      expect(await passes(name)).toBe(true);
    },
  );

  it.each(mutants.map((mutant) => [mutant.name, mutant.killedBy, mutant] as const))(
    "is found out: %s (by %s)",
    severalTries,
    async (_, killedBy, mutant) => {
      expect(await passes(killedBy, mutant)).not.toBe(true);
    },
  );
});
