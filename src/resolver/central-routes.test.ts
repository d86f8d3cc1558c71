import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isTenantryError } from "../core/tenantry-error.js";
import { centralRoutes } from "./central-routes.js";
import { hostilePaths, readingsOf } from "./routers.test-support.js";

const routeOf = centralRoutes(["/healthz", "/", "/auth/*", "/auth/admin/*", "/%41/x"]);

describe("a central route", () => {
  it.each([
    ["/healthz", "/healthz"],
    ["/healthz?deep=1", "/healthz"],
    ["/", "/"],
    ["/?x", "/"],
    ["http://any.test/healthz", "/healthz"],
    ["http://any.test", "/"],
    ["/auth/", "/auth/*"],
    ["/auth/token", "/auth/*"],
    ["/auth/token?next=/../../x", "/auth/*"],
    ["/auth/a%20b", "/auth/*"],
    ["/auth/..foo/x..", "/auth/*"],
    ["/auth/admin/x", "/auth/admin/*"],
    ["http://any.test/auth/token", "/auth/*"],
    ["/%41/x", "/%41/x"],
  ])("is found for %s", (target, route) => {
    expect(routeOf(target)).toBe(route);
  });

  it.each([
    ["the root of a subtree", "/auth"],
    ["a longer name", "/authority"],
    ["another case", "/AUTH/token"],
    ["another case of an exact path", "/Healthz"],
    ["a slash more", "/healthz/"],
    ["two slashes", "//healthz"],
    ["an encoded spelling of an exact path", "/%68ealthz"],
    ["a decoded spelling of an exact path", "/A/x"],
    ["a dot segment", "/auth/../projects"],
    ["a single dot", "/auth/./token"],
    ["a dot segment at the end", "/auth/.."],
    ["an encoded dot segment", "/auth/%2e%2e/projects"],
    ["a half encoded dot segment", "/auth/.%2E/projects"],
    ["a dot segment encoded twice", "/auth/%252e%252e/projects"],
    ["a dot segment that ends in an encoded question mark", "/auth/..%3f"],
    ["a dot segment that ends in an encoded fragment", "/auth/..%23"],
    ["a dot segment that an encoded tab hides", "/auth/.%09./x"],
    ["an encoded slash", "/auth/..%2fprojects"],
    ["an encoded slash alone", "/auth/a%2Fb"],
    ["an encoded backslash", "/auth/..%5cprojects"],
    ["a backslash", "/auth/..\\projects"],
    ["two slashes beneath", "/auth//token"],
    ["two slashes at the front", "//auth/token"],
    ["a NUL", "/auth/x%00"],
    ["a broken escape", "/auth/%zz"],
    ["a broken escape at the end", "/auth/%2"],
    ["a percent sign at the end", "/auth/%"],
    ["a fragment", "/auth/x#/../y"],
    ["a fragment on an exact path", "/healthz#x"],
    ["a quote", '/auth/"x"'],
    ["white space", "/auth/ x"],
    ["a letter outside of ASCII", "/auth/\u00e9"],
    ["a way in from elsewhere", "/projects/../auth/token"],
    ["asterisk-form", "*"],
    ["another scheme", "ftp://any.test/healthz"],
    ["nothing", ""],
  ])("is not found for %s", (_, target) => {
    expect(routeOf(target)).toBeNull();
  });

  it("is never found where none is listed", () => {
    expect(centralRoutes([])("/")).toBeNull();
  });

  it.each([
    ["*"],
    ["/*"],
    [""],
    ["healthz"],
    ["/a*"],
    ["/a/*/b"],
    ["/a/**"],
    ["/a/../b"],
    ["/a//b"],
    ["/a/%2e%2e/*"],
    ["/a?b"],
    ["/a#b"],
    ["/a b"],
    ["http://any.test/a"],
    [undefined],
    [/a/],
  ])("%j is refused at construction", (route) => {
    expect(() => centralRoutes([route as string])).toThrow(
      expect.toSatisfy((error) => isTenantryError(error, "CONFIG_INVALID")),
    );
  });
});

it("holds a path in a subtree only where every router behind would keep it there", () => {
  let inside = 0;
  fc.assert(
    fc.property(hostilePaths("/auth", ["auth", "auth/", "/auth/", "token", "x"]), (path) => {
      if (routeOf(path) !== "/auth/*") return;
      inside += 1;
      const wrong = readingsOf(path).filter((reading) => !reading.startsWith("/auth/"));
      expect(wrong, path).toEqual([]);
    }),
    { numRuns: 20_000 },
  );
  expect(inside).toBeGreaterThan(500);
});
