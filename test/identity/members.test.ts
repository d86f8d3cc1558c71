import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { Tenant } from "../../src/core/tenant.js";
import type { Account } from "../../src/identity/account/account.js";
import { createMembers, type Members } from "../../src/identity/membership/members.js";
import { createRoles } from "../../src/identity/membership/roles.js";
import { describeOnServers } from "../support/servers.js";
import { caller, openIdentityFixture, type IdentityFixture } from "./support/identity-fixture.js";

const roles = createRoles({ permissions: ["projects:read", "projects:write", "billing:write"] });

describeOnServers("members", (server) => {
  let fixture: IdentityFixture;
  let members: Members;
  let tenant: Tenant;
  let [owner, admin, member]: Account[] = [];
  let slugs = 0;
  beforeAll(async () => {
    fixture = await openIdentityFixture(server);
    members = createMembers(fixture.database, roles);
  });
  afterAll(() => fixture?.close());
  beforeEach(async () => {
    tenant = await fixture.tenantry.tenants.create({ slug: `t${(slugs += 1)}`, name: "T" });
    [owner, admin, member] = [
      await fixture.person("owner"),
      await fixture.person("admin"),
      await fixture.person("member"),
    ];
    await members.admit(tenant, { accountId: owner.id, role: "owner" }, caller);
    await members.admit(tenant, { accountId: admin.id, role: "admin" }, caller);
    await members.admit(tenant, { accountId: member.id, role: "member" }, caller);
  });
  const by = (account: Account) => ({ accountId: account.id, caller });
  const code = async (work: Promise<unknown>) =>
    work.then(
      () => "done",
      (error: { code?: string }) => error.code,
    );
  const now = async (account: Account) => (await members.find(tenant, account.id))!;

  it("are listed to a member, and to nobody else", async () => {
    const listed = await members.list(tenant, by(member!));
    expect(listed.map(({ role }) => role)).toEqual(["owner", "admin", "member"]);
    const stranger = await fixture.person("stranger");
    expect(await code(members.list(tenant, by(stranger)))).toBe("PERMISSION_DENIED");
    await members.suspend(tenant, member!.id, by(admin!));
    expect(await code(members.list(tenant, by(member!)))).toBe("PERMISSION_DENIED");
  });

  it("change by those who may, as the database has them now", async () => {
    expect(await code(members.changeRole(tenant, member!.id, "viewer", by(member!)))).toBe(
      "PERMISSION_DENIED",
    );
    expect(await code(members.suspend(tenant, admin!.id, by(member!)))).toBe("PERMISSION_DENIED");
    expect((await members.changeRole(tenant, member!.id, "viewer", by(admin!))).role).toBe(
      "viewer",
    );
    await members.changeRole(tenant, admin!.id, "viewer", by(owner!));
    expect(await code(members.suspend(tenant, member!.id, by(admin!)))).toBe("PERMISSION_DENIED");
  });

  it("become or stop being owners by an owner only", async () => {
    expect(await code(members.changeRole(tenant, member!.id, "owner", by(admin!)))).toBe(
      "PERMISSION_DENIED",
    );
    expect(await code(members.remove(tenant, owner!.id, by(admin!)))).toBe("PERMISSION_DENIED");
    expect((await members.changeRole(tenant, admin!.id, "owner", by(owner!))).role).toBe("owner");
  });

  it("get no role that can do more than its giver", async () => {
    await fixture.database.inTenant(
      tenant,
      { kind: "system", id: "test" },
      "insert into tenantry.tenant_role (tenant_id, name, permissions) values ($1, 'auditor', '{projects:read}'), ($1, 'chief', '{roles:manage}'), ($1, 'lead', '{members:manage,projects:read,unheard:of}')",
      [tenant.id],
    );
    expect((await members.changeRole(tenant, member!.id, "auditor", by(admin!))).role).toBe(
      "auditor",
    );
    expect(await code(members.changeRole(tenant, member!.id, "chief", by(admin!)))).toBe(
      "PERMISSION_DENIED",
    );
    await members.changeRole(tenant, admin!.id, "lead", by(owner!));
    expect(await code(members.changeRole(tenant, member!.id, "admin", by(admin!)))).toBe(
      "PERMISSION_DENIED",
    );
    expect(await code(members.changeRole(tenant, member!.id, "auditor", by(admin!)))).toBe("done");
    expect(await code(members.changeRole(tenant, member!.id, "nobodys", by(owner!)))).toBe(
      "ROLE_UNKNOWN",
    );
  });

  it("may leave, and do not change their own role", async () => {
    expect(await code(members.changeRole(tenant, owner!.id, "admin", by(owner!)))).toBe(
      "PERMISSION_DENIED",
    );
    expect((await members.remove(tenant, member!.id, by(member!))).status).toBe("removed");
    expect(await code(members.changeRole(tenant, member!.id, "viewer", by(owner!)))).toBe(
      "NOT_FOUND",
    );
    expect(
      (await members.admit(tenant, { accountId: member!.id, role: "viewer" }, caller)).role,
    ).toBe("viewer");
  });

  it("always have an owner among them, also when two leave at once", async () => {
    expect(await code(members.remove(tenant, owner!.id, by(owner!)))).toBe("LAST_OWNER");
    for (let round = 0; round < 10; round++) {
      await fixture.admin(
        "update tenantry.membership set role = 'owner', status = 'active' where tenant_id = $1 and account_id = any($2)",
        [tenant.id, [owner!.id, admin!.id]],
      );
      const left = await Promise.all([
        code(members.remove(tenant, owner!.id, by(owner!))),
        code(members.remove(tenant, admin!.id, by(admin!))),
      ]);
      expect(left.sort()).toEqual(["LAST_OWNER", "done"]);
    }
  });

  it("that are demoted in the meantime change nobody", async () => {
    for (let round = 0; round < 10; round++) {
      await fixture.admin(
        "update tenantry.membership set role = case account_id when $2 then 'admin' else 'member' end, status = 'active' where tenant_id = $1 and account_id = any($3)",
        [tenant.id, admin!.id, [admin!.id, member!.id]],
      );
      const [demoted, changed] = await Promise.all([
        members.changeRole(tenant, admin!.id, "viewer", by(owner!)),
        code(members.suspend(tenant, member!.id, by(admin!))),
      ]);
      const after = await now(member!);
      expect(after.status).toBe(changed === "done" ? "suspended" : "active");
      // A change after the demotion would carry a later version.
      if (changed === "done") expect(after.version).toBeLessThan(demoted.version);
    }
  });

  it("have a version that grows with each change, and a suspended one keeps its state", async () => {
    const versions = [(await now(member!)).version];
    versions.push((await members.suspend(tenant, member!.id, by(admin!))).version);
    const viewer = await members.changeRole(tenant, member!.id, "viewer", by(admin!));
    expect(viewer.status).toBe("suspended");
    versions.push(viewer.version);
    versions.push((await members.reactivate(tenant, member!.id, by(admin!))).version);
    expect(versions).toEqual([...versions].sort((one, other) => one - other));
    expect(new Set(versions).size).toBe(4);
  });

  it("of another tenant are not there", async () => {
    const other = fixture.acme;
    const theirs = await fixture.person("theirs");
    await members.admit(other, { accountId: theirs.id, role: "owner" }, caller);
    const before = await fixture.admin("select * from tenantry.membership where tenant_id = $1", [
      other.id,
    ]);
    for (const work of [
      () => members.changeRole(tenant, theirs.id, "viewer", by(owner!)),
      () => members.suspend(tenant, theirs.id, by(owner!)),
      () => members.reactivate(tenant, theirs.id, by(owner!)),
      () => members.remove(tenant, theirs.id, by(owner!)),
    ]) {
      expect(await code(work())).toBe("NOT_FOUND");
    }
    for (const work of [
      () => members.list(other, by(owner!)),
      () => members.suspend(other, theirs.id, by(owner!)),
    ]) {
      expect(await code(work())).toBe("PERMISSION_DENIED");
    }
    expect(await members.find(tenant, theirs.id)).toBeNull();
    expect(
      await fixture.admin("select * from tenantry.membership where tenant_id = $1", [other.id]),
    ).toEqual(before);
  });

  it("are read by the application in its tenant, and written by identity alone", async () => {
    const inTenant = (sql: string) =>
      fixture.tenantry.enter(tenant.id, { reason: "test" }, () => fixture.tenantry.db.query(sql));
    expect((await inTenant("select role from tenantry.membership")).rows).toHaveLength(3);
    for (const sql of [
      "update tenantry.membership set role = 'owner'",
      "insert into tenantry.membership (account_id, role, version) select account_id, 'owner', 1 from tenantry.membership",
      "delete from tenantry.membership",
      "select * from tenantry.tenant_grant",
      "select * from tenantry.account_tenant",
      "insert into tenantry.identity_event (type, outcome) values ('x', 'done')",
    ]) {
      expect([sql, await code(inTenant(sql))]).toEqual([sql, "42501"]);
    }
  });

  it("have each change in the tenant's events, and the picker's list", async () => {
    await members.changeRole(tenant, member!.id, "viewer", by(admin!));
    const events = await fixture.admin<{ type: string; account_id: string; detail: object }>(
      "select type, account_id, detail from tenantry.identity_event where tenant_id = $1 order by id desc limit 1",
      [tenant.id],
    );
    expect(events).toEqual([
      {
        type: "member.changed",
        account_id: admin!.id,
        detail: { member: member!.id, role: "viewer", status: "active" },
      },
    ]);
    expect(
      await fixture.admin(
        "select role, status from tenantry.account_tenant where account_id = $1",
        [member!.id],
      ),
    ).toEqual([{ role: "viewer", status: "active" }]);
  });
});
