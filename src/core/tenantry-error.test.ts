import { describe, expect, it, vi } from "vitest";
import { errorCodes, type ErrorCode } from "./errors.js";
import { isTenantryError, TenantryError } from "./tenantry-error.js";

const error = new TenantryError("SCOPE_REQUIRED", {
  message: "Tenant acme has no scope.",
  fix: "Open one.",
  cause: new Error("inner"),
});

describe("an error of Tenantry", () => {
  it("says what, where and the mend", () => {
    expect(error.message).toBe("Tenant acme has no scope. Open one.");
    expect([error.fix, error.name, error.code, error.status]).toEqual([
      "Open one.",
      "TenantryError",
      "SCOPE_REQUIRED",
      500,
    ]);
    expect(error.cause).toBeInstanceOf(Error);
    expect(error).toBeInstanceOf(Error);
  });

  it("says how long to wait where it knows, and has no such property where not", () => {
    const known = new TenantryError("RATE_LIMITED", { message: "x", fix: "y", retryAfter: 7 });
    expect(known.retryAfter).toBe(7);
    expect("retryAfter" in error).toBe(false);
  });

  it("shows a client its code and public title, and nothing else", () => {
    expect(error.toPublic()).toEqual({
      error: { code: "SCOPE_REQUIRED", title: "Internal error" },
    });
    expect(JSON.stringify(error.toPublic())).not.toContain("acme");
  });

  it("has no cause where none was given", () => {
    expect("cause" in new TenantryError("NOT_FOUND", { message: "a", fix: "b" })).toBe(false);
  });

  it("is recognised by its brand, also when another copy of the package made it", async () => {
    vi.resetModules();
    const copy = await import("./tenantry-error.js");
    expect(copy.TenantryError).not.toBe(TenantryError);
    const foreign = new copy.TenantryError("NOT_FOUND", { message: "a", fix: "b" });
    expect(isTenantryError(foreign)).toBe(true);
    expect(isTenantryError(foreign, "NOT_FOUND")).toBe(true);
    expect(isTenantryError(foreign, "SCOPE_REQUIRED")).toBe(false);
  });

  it.each([null, undefined, "x", 7, new Error("x"), { code: "NOT_FOUND" }, () => 0])(
    "is not what only looks like one: %s",
    (value) => {
      expect(isTenantryError(value)).toBe(false);
    },
  );

  it("answers every code with an error status and a title that names no tenant", () => {
    for (const code of Object.keys(errorCodes) as ErrorCode[]) {
      const { status, title, meaning } = errorCodes[code];
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(600);
      expect(title.toLowerCase()).not.toContain("tenant");
      expect(meaning).toMatch(/\.$/);
    }
  });
});
