import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { Tenant } from "../../src/core/tenant.js";
import type { Account } from "../../src/identity/account/account.js";
import { createMembers, type Members } from "../../src/identity/membership/members.js";
import { createRoles } from "../../src/identity/membership/roles.js";
import { describeOnServers } from "../support/servers.js";
import { until } from "../support/until.js";
import { caller, openIdentityFixture, type IdentityFixture } from "./support/identity-fixture.js";
import { asIdentity, code, rowsOf, startedTogether, waiting } from "./support/staged.js";

describeOnServers("a tenant's owners", (server) => {
  let fixture: IdentityFixture;
  let members: Members;
  let tenant: Tenant;
  let ada: Account;
  let bea: Account;
  let slugs = 0;
  beforeAll(async () => {
    fixture = await openIdentityFixture(server);
    members = createMembers(fixture.database, createRoles());
  });
  afterAll(() => fixture?.close());
  beforeEach(async () => {
    tenant = await fixture.tenantry.tenants.create({ slug: `o${(slugs += 1)}`, name: "O" });
    [ada, bea] = [await fixture.person("ada"), await fixture.person("bea")];
    await members.admit(tenant, { accountId: ada.id, role: "owner" }, caller);
    await members.admit(tenant, { accountId: bea.id, role: "owner" }, caller);
  });
  const by = (account: Account) => ({ accountId: account.id, caller });
  const owners = async () =>
    (await members.list(tenant, by(ada)))
      .filter(({ role, status }) => role === "owner" && status === "active")
      .map(({ accountId }) => accountId);
  const leaving = "update tenantry.membership set status = 'removed' where account_id = $1";
  const demoting = "update tenantry.membership set role = 'member' where account_id = $1";
  const suspending = "update tenantry.membership set status = 'suspended' where account_id = $1";
  const directly = (text: string, values: unknown[]) =>
    fixture.database.inTenant(tenant, { kind: "system", id: "test" }, text, values);

  it("leave while there is another, and the last one stays", async () => {
    expect(await code(members.remove(tenant, bea.id, by(bea)))).toBe("done");
    expect(await code(members.remove(tenant, ada.id, by(ada)))).toBe("LAST_OWNER");
    expect(await owners()).toEqual([ada.id]);
  });

  it("who are suspended do not count, and come back by an owner only", async () => {
    expect(await code(members.suspend(tenant, bea.id, by(ada)))).toBe("done");
    expect(await code(members.remove(tenant, ada.id, by(ada)))).toBe("LAST_OWNER");
    const admin = await fixture.person("admin");
    await members.admit(tenant, { accountId: admin.id, role: "admin" }, caller);
    expect(await code(members.reactivate(tenant, bea.id, by(admin)))).toBe("PERMISSION_DENIED");
    expect(await code(members.reactivate(tenant, bea.id, by(bea)))).toBe("PERMISSION_DENIED");
    expect(await code(members.reactivate(tenant, bea.id, by(ada)))).toBe("done");
    expect(await code(members.remove(tenant, ada.id, by(ada)))).toBe("done");
  });

  it.each([
    ["removed", leaving],
    ["demoted", demoting],
    ["suspended", suspending],
  ])("are never all %s, whatever statement does it", async (_, text) => {
    await directly(text, [bea.id]);
    await expect(directly(text, [ada.id])).rejects.toMatchObject({
      code: "23514",
      constraint: "tenant_has_an_owner",
    });
    const all = text.replace("account_id = $1", "tenant_id = $1");
    await expect(directly(all, [tenant.id])).rejects.toMatchObject({ code: "23514" });
    expect(await owners()).toEqual([ada.id]);
  });

  it("are counted in their own tenant", async () => {
    const { acme } = fixture;
    await members.admit(acme, { accountId: bea.id, role: "owner" }, caller);
    await members.remove(tenant, bea.id, by(bea));
    expect(await code(members.remove(tenant, ada.id, by(ada)))).toBe("LAST_OWNER");
    expect(await code(members.remove(acme, bea.id, by(bea)))).toBe("LAST_OWNER");
  });

  it("hand over in one transaction, in any order", async () => {
    await members.changeRole(tenant, bea.id, "member", by(ada));
    await asIdentity(fixture, tenant, async (client) => {
      await client.query(demoting, [ada.id]);
      await client.query("update tenantry.membership set role = 'owner' where account_id = $1", [
        bea.id,
      ]);
      await client.query("commit");
    });
    expect(await owners()).toEqual([bea.id]);
  });

  it("who leave at once are two, of whom the second stays", async () => {
    await asIdentity(fixture, tenant, (first) =>
      asIdentity(fixture, tenant, async (second) => {
        await first.query(leaving, [ada.id]);
        await second.query(leaving, [bea.id]);
        await first.query("set constraints all immediate");
        const checked = code(second.query("set constraints all immediate"));
        await until(async () => (await waiting(fixture)) === 1);
        await first.query("commit");
        expect(await checked).toBe("23514");
      }),
    );
    expect((await members.find(tenant, bea.id))!.status).toBe("active");
    const left = await startedTogether(fixture, rowsOf(tenant, ada.id, bea.id), [
      () => code(members.remove(tenant, bea.id, by(bea))),
    ]);
    expect(left).toEqual(["LAST_OWNER"]);
  });

  it.each(["remove", "suspend"] as const)(
    "who %s each other at once: one does, and neither waits for the other",
    async (change) => {
      const done = await startedTogether(fixture, rowsOf(tenant, ada.id, bea.id), [
        () => code(members[change](tenant, bea.id, by(ada))),
        () => code(members[change](tenant, ada.id, by(bea))),
      ]);
      expect(done.sort()).toEqual(["PERMISSION_DENIED", "done"]);
    },
  );

  it("change in no transaction that sees the past", async () => {
    for (const level of ["repeatable read", "serializable"]) {
      const changed = asIdentity(
        fixture,
        tenant,
        async (client) => {
          await client.query(leaving, [ada.id]);
          await client.query("commit");
        },
        `begin isolation level ${level}`,
      );
      expect(await code(changed)).toBe("0A000");
    }
  });
});
