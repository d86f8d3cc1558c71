import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mayChange, mayGive, type Standing } from "./authority.js";
import { createRoles, identityPermissions } from "./roles.js";

const roles = createRoles({
  permissions: ["projects:read", "projects:write"],
  roles: { member: ["projects:read"] },
});

describe("what a role may", () => {
  it("is everything for an owner, and what was said for the others", () => {
    expect(roles.permissionsOf("owner", null)).toEqual(
      [...identityPermissions, "projects:read", "projects:write"].sort(),
    );
    expect(roles.permissionsOf("admin", null)).toContain("projects:write");
    expect(roles.permissionsOf("admin", null)).not.toContain("roles:manage");
    expect(roles.permissionsOf("member", null)).toEqual(["members:read", "projects:read"]);
    expect(roles.permissionsOf("viewer", null)).toEqual(["members:read"]);
  });

  it("is nothing where the role is not known, by whatever name", () => {
    const name = fc.oneof(fc.string(), fc.constantFrom("__proto__", "constructor", "toString"));
    fc.assert(
      fc.property(name, (role) => {
        fc.pre(!["owner", "admin", "member", "viewer"].includes(role));
        expect(roles.permissionsOf(role, null)).toEqual([]);
      }),
    );
  });

  it("leaves out what the application no longer knows, and cannot be stored for a built-in one", () => {
    expect(roles.permissionsOf("auditor", ["projects:read", "gone:long"])).toEqual([
      "projects:read",
    ]);
    expect(roles.permissionsOf("viewer", ["projects:write"])).toEqual(["members:read"]);
  });

  it.each([
    { permissions: ["Projects:read"] },
    { permissions: ["*"] },
    { permissions: ["projects"] },
    { roles: { viewer: ["projects:read"] } },
  ])("is refused in the options %j", (options) => {
    expect(() => createRoles(options)).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
  });
});

describe("who may change whom", () => {
  const names = ["owner", "admin", "member", "viewer", "lead"] as const;
  const standing = fc
    .record({
      role: fc.constantFrom(...names),
      status: fc.constantFrom("active" as const, "suspended" as const, "removed" as const),
    })
    .map(({ role, status }): Standing => {
      const permissions = roles.permissionsOf(role, ["members:manage", "projects:read"]);
      return { role, status, permissions };
    });
  const named = fc.constantFrom(...names).map((name) => ({
    name,
    permissions: roles.permissionsOf(name, ["members:manage", "projects:read"]),
  }));

  it("gives nobody more than the giver has, and nobody an owner's role but owners", () => {
    fc.assert(
      fc.property(standing, named, (actor, role) => {
        if (!mayGive(actor, role)) return;
        expect(actor.status).toBe("active");
        for (const permission of role.permissions) {
          expect(actor.permissions).toContain(permission);
        }
        if (role.name === "owner") expect(actor.role).toBe("owner");
      }),
      { numRuns: 2_000 },
    );
  });

  it("lets nobody but an owner touch an owner, and nobody change himself but to leave", () => {
    const status = fc.constantFrom("active" as const, "suspended" as const, "removed" as const);
    const change = fc.record({ role: fc.option(named), status });
    fc.assert(
      fc.property(standing, standing, change, fc.boolean(), (actor, target, next, isOneself) => {
        if (!mayChange(actor, target, next, isOneself)) return;
        expect(actor.status).toBe("active");
        if (isOneself) expect([next.role, next.status]).toEqual([null, "removed"]);
        else if (target.role === "owner") expect(actor.role).toBe("owner");
      }),
      { numRuns: 2_000 },
    );
  });

  it("is nobody's where there is no standing", () => {
    const target: Standing = { role: "viewer", status: "active", permissions: [] };
    for (const isOneself of [true, false]) {
      expect(mayChange(null, target, { role: null, status: "removed" }, isOneself)).toBe(false);
    }
  });
});
