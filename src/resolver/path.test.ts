import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isTenantryError } from "../core/tenantry-error.js";
import type { Resolver } from "./contract.js";
import { fromPath } from "./path.js";
import { outcome, request } from "./resolver.test-support.js";
import { hostilePaths, readingsOf } from "./routers.test-support.js";

const underT = fromPath({ prefix: "/t" });

async function read(target: string, resolver: Resolver = underT): Promise<string | null> {
  const signal = await outcome(() => resolver.read(request({ target })));
  return signal === null || typeof signal === "string" ? signal : signal.key.value;
}

describe("a path under the prefix", () => {
  it.each([
    ["/t/acme", "acme"],
    ["/t/acme/", "acme"],
    ["/t/acme/projects/7?next=/t/globex", "acme"],
    ["/t/acme?t=globex", "acme"],
    ["/t/acme//double/later", "acme"],
    ["/t/acme/files/a%20b%2fc", "acme"],
    ["/t/acme/T/globex", "acme"],
    ["http://any.test/t/acme/x", "acme"],
    ["http://any.test:80/t/acme", "acme"],
  ])("%s is the tenant %s", async (target, slug) => {
    expect(await read(target)).toBe(slug);
  });

  it("gives a signal by slug", async () => {
    expect(await underT.read(request({ target: "/t/acme/x" }))).toEqual({
      source: "path",
      key: { by: "slug", value: "acme" },
      detail: "acme",
    });
  });

  it.each([
    ["no slug", "/t"],
    ["an empty slug", "/t/"],
    ["an encoded prefix", "/%74/acme"],
    ["a prefix encoded twice", "/%2574/acme"],
    ["an encoded slug", "/t/%61cme"],
    ["an encoded slash after the prefix", "/t%2facme"],
    ["an encoded slash after the slug", "/t/acme%2fx"],
    ["a backslash after the prefix", "/t\\acme"],
    ["an encoded backslash", "/t%5Cacme"],
    ["an upper-case prefix", "/T/acme"],
    ["an upper-case slug", "/t/Acme"],
    ["two slashes before the prefix", "//t/acme"],
    ["two slashes after the prefix", "/t//acme"],
    ["two slashes that make a host", "//any.test/t/acme"],
    ["two slashes of which one is a backslash", "/\\any.test/t/acme"],
    ["a dot segment before the prefix", "/./t/acme"],
    ["a dot segment after the prefix", "/t/./acme"],
    ["a way round to the prefix", "/x/../t/acme"],
    ["an encoded way round", "/x/%2e%2e/t/acme"],
    ["a way to another tenant", "/t/acme/../globex"],
    ["an encoded way to another tenant", "/t/acme/%2e%2e/globex"],
    ["a half encoded way to another tenant", "/t/acme/.%2E/globex"],
    ["a way to another tenant in one encoded segment", "/t/acme/..%2fglobex"],
    ["a way to another tenant with a backslash", "/t/acme/..\\globex"],
    ["a way out that an encoded slash hides", "/t/acme/a%2fb/../../globex"],
    ["a way out that a backslash hides", "/t/acme/a\\b/../../globex"],
    ["a way out that an encoded fragment hides", "/t/acme/%23/../../globex"],
    ["a way out that ends in an encoded question mark", "/t/acme/..%3f"],
    ["a way out that ends in an encoded fragment", "/t/acme/..%23x"],
    ["a way out that an encoded tab hides", "/t/acme/.%09./globex"],
    ["a way in that an encoded newline hides", "/x/.%0a./t/acme"],
    ["a way out of the prefix", "/t/acme/../../admin"],
    ["a fragment", "/t/acme#x"],
    ["a parameter", "/t/acme;v=1"],
    ["a NUL", "/t/acme%00"],
    ["a slug with an underscore", "/t/ac_me"],
    ["an A-label", "/t/xn--mnchen-3ya"],
    ["a letter outside of ASCII", "/t/\u00e4cme"],
    ["a path encoded five times", "/%252525252574/acme"],
    ["a malformed target", "ftp://any.test/t/acme"],
  ])("is refused with %s", async (_, target) => {
    expect(await read(target)).toBe("TENANT_UNRESOLVED");
  });
});

it.each([["/"], ["/tt/acme"], ["/tacme"], ["/x/t/acme"], ["/%20/acme"], ["*"], ["http://t/acme"]])(
  "a path that is not under the prefix is no signal: %s",
  async (target) => {
    expect(await read(target)).toBeNull();
  },
);

it("takes a prefix of several segments, with upper case", async () => {
  const resolver = fromPath({ prefix: "/App/tenants" });
  expect(await read("/App/tenants/acme/x", resolver)).toBe("acme");
  expect(await read("/app/tenants/acme/x", resolver)).toBe("TENANT_UNRESOLVED");
  expect(await read("/App/other", resolver)).toBeNull();
});

it.each([[""], ["/"], ["t"], ["/t/"], ["/t/*"], ["/t?"], ["/.."], ["//t"], ["/t%20"], [undefined]])(
  "refuses the prefix %j at construction",
  (prefix) => {
    expect(() => fromPath({ prefix: prefix as string })).toThrow(
      expect.toSatisfy((error) => isTenantryError(error, "CONFIG_INVALID")),
    );
  },
);

it("names the tenant that every router behind would see, and none where any would see one", async () => {
  const seen = (path: string) => /^\/t\/+([^/]*)/i.exec(path)?.[1] ?? null;
  const answers = { slug: 0, none: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(hostilePaths("/t/acme", ["t", "acme", "globex", "T", "x"]), async (path) => {
      const answer = await read(path);
      if (answer === "TENANT_UNRESOLVED") answers.refused += 1;
      else {
        answers[answer === null ? "none" : "slug"] += 1;
        const wrong = readingsOf(path).filter((reading) => seen(reading) !== answer);
        expect(wrong, path).toEqual([]);
      }
    }),
    { numRuns: 12_000 },
  );
  expect(Math.min(...Object.values(answers))).toBeGreaterThan(500);
});
