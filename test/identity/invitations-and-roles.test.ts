import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Tenant } from "../../src/core/tenant.js";
import type { Account } from "../../src/identity/account/account.js";
import { createInvitations, type Invitations } from "../../src/identity/invitation/invitations.js";
import { createMembers, type Members } from "../../src/identity/membership/members.js";
import { createRoles } from "../../src/identity/membership/roles.js";
import { createTenantRoles, type TenantRoles } from "../../src/identity/membership/tenant-roles.js";
import { describeOnServers } from "../support/servers.js";
import { caller, openIdentityFixture, type IdentityFixture } from "./support/identity-fixture.js";

const roles = createRoles({ permissions: ["projects:read", "projects:write"] });

describeOnServers("invitations and roles", (server) => {
  let fixture: IdentityFixture;
  let members: Members;
  let invitations: Invitations;
  let own: TenantRoles;
  let tenant: Tenant;
  let owner: Account;
  let admin: Account;
  let guest: Account;
  let slugs = 0;
  beforeAll(async () => {
    fixture = await openIdentityFixture(server);
    members = createMembers(fixture.database, roles);
    invitations = createInvitations(fixture.database, roles);
    own = createTenantRoles(fixture.database, roles);
  });
  afterAll(() => fixture?.close());
  beforeEach(async () => {
    tenant = await fixture.tenantry.tenants.create({ slug: `i${(slugs += 1)}`, name: "I" });
    owner = await fixture.person("owner");
    admin = await fixture.person("admin");
    guest = await fixture.person("guest");
    await members.admit(tenant, { accountId: owner.id, role: "owner" }, caller);
    await members.admit(tenant, { accountId: admin.id, role: "admin" }, caller);
  });
  const by = (account: Account) => ({ accountId: account.id, caller });
  const code = async (work: Promise<unknown>) =>
    work.then(
      () => "done",
      (error: { code?: string }) => error.code,
    );
  const email = (account: Account) => ({ address: account.email, key: account.emailKey });
  const invite = (role = "member", from = admin) =>
    invitations.invite(tenant, { email: email(guest), role }, by(from));

  describe("an invitation", () => {
    it("makes the account that it was sent to a member, once, and proves its address", async () => {
      const { token, invitation } = await invite();
      expect(await invitations.list(tenant, by(admin))).toEqual([invitation]);
      const accepted = await Promise.all(
        Array.from({ length: 10 }, () => invitations.accept(tenant, token, guest, caller)),
      );
      expect(accepted.filter((one) => one !== null)).toHaveLength(1);
      expect(await members.find(tenant, guest.id)).toMatchObject({
        role: "member",
        status: "active",
      });
      expect((await fixture.accounts.find(guest.id))!.emailVerifiedAt).toBeInstanceOf(Date);
      expect(await invitations.list(tenant, by(admin))).toEqual([]);
    });

    it("is no good to another account, in another tenant, or under another text", async () => {
      const { token } = await invite();
      const thief = await fixture.person("thief");
      expect(await invitations.accept(tenant, token, thief, caller)).toBeNull();
      const posing = { ...thief, emailKey: guest.emailKey };
      expect(await invitations.accept(tenant, token, posing, caller)).toBeNull();
      expect(await invitations.accept(fixture.acme, token, guest, caller)).toBeNull();
      for (const text of ["", `${token}=`, token.toLowerCase(), undefined, {}]) {
        expect(await invitations.accept(tenant, text, guest, caller)).toBeNull();
      }
      expect(await members.find(tenant, thief.id)).toBeNull();
      expect(await members.find(fixture.acme, guest.id)).toBeNull();
    });

    it("is void once it is revoked, replaced or late, or its account disabled", async () => {
      const revoked = await invite();
      await invitations.revoke(tenant, revoked.invitation.id, by(admin));
      const replaced = await invite();
      const late = await invite();
      await fixture.admin(
        "update tenantry.invitation set expires_at = now() where tenant_id = $1",
        [tenant.id],
      );
      for (const { token } of [revoked, replaced, late]) {
        expect(await invitations.accept(tenant, token, guest, caller)).toBeNull();
      }
      const { token } = await invite();
      await fixture.accounts.disable(guest.id, "test", caller);
      expect(await invitations.accept(tenant, token, guest, caller)).toBeNull();
    });

    it("is sent, seen and revoked by those who manage members, in roles they may give", async () => {
      await members.admit(tenant, { accountId: guest.id, role: "viewer" }, caller);
      const { invitation } = await invitations.invite(
        tenant,
        { email: { address: "new@example.test", key: "new@example.test" }, role: "member" },
        by(admin),
      );
      for (const work of [
        () => invite("owner"),
        () => invite("member", guest),
        () => invitations.list(tenant, by(guest)),
        () => invitations.revoke(tenant, invitation.id, by(guest)),
        () => invitations.list(fixture.acme, by(owner)),
        () => invitations.revoke(fixture.acme, invitation.id, by(owner)),
      ]) {
        expect(await code(work())).toBe("PERMISSION_DENIED");
      }
      expect(await code(invite("nobodys"))).toBe("ROLE_UNKNOWN");
      expect(await code(invite("owner", owner))).toBe("done");
      const never = "01890000-0000-7000-8abc-999999999999";
      expect(await code(invitations.revoke(tenant, never, by(admin)))).toBe("NOT_FOUND");
    });

    it("is worth what the one who invited may when it is accepted", async () => {
      const { token } = await invite("admin");
      const accept = () => invitations.accept(tenant, token, guest, caller);
      await members.changeRole(tenant, admin.id, "member", by(owner));
      expect(await accept()).toBeNull();
      await members.changeRole(tenant, admin.id, "admin", by(owner));
      await members.suspend(tenant, admin.id, by(owner));
      expect(await accept()).toBeNull();
      await members.remove(tenant, admin.id, by(owner));
      expect(await accept()).toBeNull();
      await members.admit(tenant, { accountId: admin.id, role: "admin" }, caller);
      expect(await accept()).toMatchObject({ role: "admin" });
    });

    it("is void where its role is gone", async () => {
      await own.save(tenant, { name: "auditor", permissions: ["projects:read"] }, by(owner));
      const { token } = await invite("auditor", owner);
      await own.remove(tenant, "auditor", by(owner));
      expect(await invitations.accept(tenant, token, guest, caller)).toBeNull();
    });

    it("leaves a member what he is, and brings a removed one back", async () => {
      await members.admit(tenant, { accountId: guest.id, role: "viewer" }, caller);
      await members.suspend(tenant, guest.id, by(admin));
      const again = await invite("admin", owner);
      expect(await invitations.accept(tenant, again.token, guest, caller)).toMatchObject({
        role: "viewer",
        status: "suspended",
      });
      await members.remove(tenant, guest.id, by(admin));
      const back = await invite("member");
      expect(await invitations.accept(tenant, back.token, guest, caller)).toMatchObject({
        role: "member",
        status: "active",
      });
    });

    it("keeps its token out of the database", async () => {
      const { token } = await invite();
      const rows = await fixture.admin<{ row: string }>(
        "select to_jsonb(i)::text as row from tenantry.invitation i where tenant_id = $1",
        [tenant.id],
      );
      expect(rows).toHaveLength(1);
      expect(rows[0]!.row).not.toContain(token);
    });
  });

  describe("a role of the tenant's own", () => {
    const auditor = { name: "auditor", permissions: ["projects:read"] };

    it("is made and changed by who manages roles, with no more than he may himself", async () => {
      expect(await code(own.save(tenant, auditor, by(admin)))).toBe("PERMISSION_DENIED");
      await own.save(tenant, auditor, by(owner));
      expect(await own.list(tenant, by(admin))).toEqual([auditor]);
      const manager = { name: "manager", permissions: ["roles:manage", "members:manage"] };
      await own.save(tenant, manager, by(owner));
      await members.changeRole(tenant, admin.id, "manager", by(owner));
      const more = { name: "more", permissions: ["projects:write"] };
      expect(await code(own.save(tenant, more, by(admin)))).toBe("PERMISSION_DENIED");
      expect(await code(own.remove(tenant, "auditor", by(admin)))).toBe("done");
      expect(await code(own.remove(tenant, "auditor", by(admin)))).toBe("ROLE_UNKNOWN");
    });

    it("raises the versions of its members with every change", async () => {
      await own.save(tenant, auditor, by(owner));
      await members.changeRole(tenant, admin.id, "auditor", by(owner));
      const version = async () => (await members.find(tenant, admin.id))!.version;
      const before = await version();
      await own.save(tenant, { ...auditor, permissions: [] }, by(owner));
      const changed = await version();
      expect(changed).toBeGreaterThan(before);
      await own.remove(tenant, "auditor", by(owner));
      expect(await version()).toBeGreaterThan(changed);
      expect(await code(members.list(tenant, by(admin)))).toBe("PERMISSION_DENIED");
    });

    it.each([
      { name: "owner", permissions: [] },
      { name: "Auditor", permissions: [] },
      { name: "", permissions: [] },
      { name: "auditor", permissions: ["unheard:of"] },
    ])("cannot be %j", async (role) => {
      expect(await code(own.save(tenant, role, by(owner)))).toBe("ROLE_INVALID");
    });

    it("is one tenant's alone", async () => {
      await own.save(tenant, auditor, by(owner));
      await members.admit(fixture.acme, { accountId: owner.id, role: "owner" }, caller);
      expect(await own.list(fixture.acme, by(owner))).toEqual([]);
      expect(await code(own.remove(fixture.acme, "auditor", by(owner)))).toBe("ROLE_UNKNOWN");
      expect(await code(members.changeRole(fixture.acme, owner.id, "auditor", by(owner)))).toBe(
        "ROLE_UNKNOWN",
      );
      expect(await own.list(tenant, by(owner))).toEqual([auditor]);
    });
  });
});
