import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Tenant } from "../../src/core/tenant.js";
import type { Account } from "../../src/identity/account/account.js";
import { createApiKeys } from "../../src/identity/api-key/api-keys.js";
import type { IdentityDatabase } from "../../src/identity/identity-database.js";
import { createInvitations } from "../../src/identity/invitation/invitations.js";
import { createMembers } from "../../src/identity/membership/members.js";
import { createRoles } from "../../src/identity/membership/roles.js";
import { createTenantRoles } from "../../src/identity/membership/tenant-roles.js";
import { describeOnServers } from "../support/servers.js";
import { caller, openIdentityFixture, type IdentityFixture } from "./support/identity-fixture.js";
import { code, startedTogether } from "./support/staged.js";

const roles = createRoles({ permissions: ["projects:read"] });

/** What managers do, by the one who does it; each writes in its last statement. */
type Work = (services: Services, prepared: Prepared) => Promise<unknown>;
type Services = ReturnType<typeof servicesOver>;

const servicesOver = (database: IdentityDatabase, { tenantry }: IdentityFixture) => ({
  members: createMembers(database, roles),
  own: createTenantRoles(database, roles),
  invitations: createInvitations(database, roles),
  keys: createApiKeys(database, roles, tenantry.tenants),
});

interface Prepared {
  readonly tenant: Tenant;
  readonly by: { readonly accountId: string; readonly caller: typeof caller };
  readonly memberId: string;
  readonly invitationId: string;
  readonly keyId: string;
}

const key = { name: "import", permissions: ["projects:read"] };
const someone = { address: "new@example.test", key: "new@example.test" };
const works: Readonly<Record<string, Work>> = {
  changeRole: ({ members }, { tenant, memberId, by }) =>
    members.changeRole(tenant, memberId, "admin", by),
  suspend: ({ members }, { tenant, memberId, by }) => members.suspend(tenant, memberId, by),
  saveRole: ({ own }, { tenant, by }) =>
    own.save(tenant, { name: "auditor", permissions: ["projects:read", "keys:manage"] }, by),
  removeRole: ({ own }, { tenant, by }) => own.remove(tenant, "auditor", by),
  invite: ({ invitations }, { tenant, by }) =>
    invitations.invite(
      tenant,
      { email: { ...someone, key: "b" + someone.key }, role: "admin" },
      by,
    ),
  revokeInvitation: ({ invitations }, { tenant, invitationId, by }) =>
    invitations.revoke(tenant, invitationId, by),
  createKey: ({ keys }, { tenant, by }) => keys.create(tenant, key, by),
  rotateKey: ({ keys }, { tenant, keyId, by }) => keys.rotate(tenant, keyId, by),
  revokeKey: ({ keys }, { tenant, keyId, by }) => keys.revoke(tenant, keyId, by),
};

describeOnServers("what is decided and overtaken", (server) => {
  let fixture: IdentityFixture;
  let services: Services;
  let tenant: Tenant;
  let [ada, bea, member]: Account[] = [];
  let prepared: Prepared;
  let slugs = 0;
  beforeAll(async () => {
    fixture = await openIdentityFixture(server);
    services = servicesOver(fixture.database, fixture);
  });
  afterAll(() => fixture?.close());
  beforeEach(async () => {
    const { members, own, invitations, keys } = services;
    tenant = await fixture.tenantry.tenants.create({ slug: `v${(slugs += 1)}`, name: "V" });
    [ada, bea, member] = [
      await fixture.person("ada"),
      await fixture.person("bea"),
      await fixture.person("member"),
    ];
    const by = { accountId: bea.id, caller };
    for (const owner of [ada, bea]) {
      await members.admit(tenant, { accountId: owner.id, role: "owner" }, caller);
    }
    await members.admit(tenant, { accountId: member.id, role: "member" }, caller);
    await own.save(tenant, { name: "auditor", permissions: ["projects:read"] }, by);
    const { invitation } = await invitations.invite(tenant, { email: someone, role: "viewer" }, by);
    const issued = await keys.create(tenant, key, by);
    prepared = {
      tenant,
      by,
      memberId: member.id,
      invitationId: invitation.id,
      keyId: issued.key.id,
    };
  });

  /** All that is the tenant's, but for the one who is demoted. */
  const rows = async () => {
    const found = [];
    for (const table of ["tenant_role", "invitation", "api_key", "identity_event", "membership"]) {
      found.push(
        await fixture.admin(
          `select to_jsonb(t) as row from tenantry.${table} t
           where tenant_id = $1 and to_jsonb(t) ->> 'account_id' is distinct from $2 order by 1`,
          [tenant.id, table === "membership" ? bea!.id : ""],
        ),
      );
    }
    return found;
  };

  describe.each(Object.entries(works))("%s", (_, work) => {
    it("does nothing where the one who does it is demoted before it is written", async () => {
      const before = await rows();
      let reads = 0;
      const overtaken: IdentityDatabase = {
        ...fixture.database,
        async inTenant(...given) {
          const isReading = !/\b(?:insert|update|delete)\b/.test(
            given[2].replace(/for .*update/, ""),
          );
          if (!isReading && (reads += 1) === 1) {
            await fixture.admin(
              "update tenantry.membership set role = 'viewer' where tenant_id = $1 and account_id = $2",
              [tenant.id, bea!.id],
            );
          }
          return fixture.database.inTenant(...given);
        },
      };
      expect(await code(work(servicesOver(overtaken, fixture), prepared))).toBe(
        "PERMISSION_DENIED",
      );
      expect(reads).toBeGreaterThan(0);
      expect(await rows()).toEqual(before);
    });

    it("does what it should where nobody comes in between", async () => {
      const before = await rows();
      expect(await code(work(services, prepared))).toBe("done");
      expect(await rows()).not.toEqual(before);
    });
  });

  it("does not stop two who change the members of a role at once", async () => {
    const manager = { name: "manager", permissions: ["roles:manage"] };
    await services.own.save(tenant, manager, prepared.by);
    const [cleo, dora] = [await fixture.person("cleo"), await fixture.person("dora")];
    for (const { id } of [cleo, dora]) {
      await services.members.admit(tenant, { accountId: id, role: "manager" }, caller);
    }
    const save = (accountId: string) => () =>
      code(services.own.save(tenant, manager, { accountId, caller }));
    const done = await startedTogether(
      fixture,
      ["select from tenantry.tenant_role where tenant_id = $1 for update", [tenant.id]],
      [save(cleo.id), save(dora.id)],
    );
    expect(done).toEqual(["done", "done"]);
  });
});
