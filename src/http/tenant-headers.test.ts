import { describe, expect, it } from "vitest";
import { tenantHeaders } from "./tenant-headers.js";

const vary = (given: readonly string[], varies: readonly string[]) =>
  tenantHeaders(given, null, varies).vary;

describe("Vary", () => {
  it("is left out where nothing varies", () => {
    expect(vary([], [])).toBeNull();
    expect(vary(["", " , "], [])).toBeNull();
  });

  it("is what the handler set, and then what the tenant depends on", () => {
    expect(vary(["Accept-Encoding, Accept", "Origin"], ["authorization"])).toBe(
      "Accept-Encoding, Accept, Origin, authorization",
    );
  });

  it("names each header once, as it was first spelled", () => {
    expect(vary(["Authorization,accept", "ACCEPT"], ["authorization", "x-scope"])).toBe(
      "Authorization, accept, x-scope",
    );
  });

  it("is * where the handler says so, also among others", () => {
    expect(vary(["Accept, *"], ["authorization"])).toBe("*");
  });
});

describe("Cache-Control", () => {
  it.each([[null], [""], ["  "]])("is private, no-store where the handler set %j", (given) => {
    expect(tenantHeaders([], given, []).cacheControl).toBe("private, no-store");
  });

  it("is the handler's own where it set one", () => {
    expect(tenantHeaders([], "public, max-age=60", []).cacheControl).toBe("public, max-age=60");
  });
});
