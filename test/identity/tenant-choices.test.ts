import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { TenantLookup } from "../../src/core/tenant.js";
import { newUuid } from "../../src/core/uuid.js";
import type { Account } from "../../src/identity/account/account.js";
import { createTenantChoices, type TenantChoices } from "../../src/identity/authorization/index.js";
import { createMembers, type Members } from "../../src/identity/membership/members.js";
import { createRoles } from "../../src/identity/membership/roles.js";
import { describeOnServers } from "../support/servers.js";
import { caller, openIdentityFixture, type IdentityFixture } from "./support/identity-fixture.js";

describeOnServers("the tenants to choose from", (server) => {
  let fixture: IdentityFixture;
  let members: Members;
  let choices: TenantChoices;
  let alice: Account;
  let slugs = 0;
  beforeAll(async () => {
    fixture = await openIdentityFixture(server);
    members = createMembers(fixture.database, createRoles());
    choices = createTenantChoices(fixture.database, fixture.tenantry.tenants);
  });
  afterAll(() => fixture?.close());
  beforeEach(async () => {
    alice = await fixture.person("alice");
  });
  /** A tenant with an owner, and Alice in it. */
  async function joined(name: string, role = "member") {
    const tenant = await fixture.tenantry.tenants.create({ slug: `c${(slugs += 1)}`, name });
    const owner = await fixture.person("owner");
    await members.admit(tenant, { accountId: owner.id, role: "owner" }, caller);
    await members.admit(tenant, { accountId: alice.id, role }, caller);
    return { tenant, by: { accountId: owner.id, caller } };
  }
  const names = async () => (await choices.list(alice.id)).map(({ tenant }) => tenant.name);

  it("are those in which one is a member, by name, with one's role", async () => {
    const zebra = await joined("Zebra");
    const oslo = await joined("Ørsted Oslo", "viewer");
    const apple = await joined("apple", "admin");
    const plain = ({ id, slug, name }: typeof zebra.tenant) => ({ id, slug, name });
    expect(await choices.list(alice.id)).toEqual([
      { tenant: plain(apple.tenant), role: "admin" },
      { tenant: plain(oslo.tenant), role: "viewer" },
      { tenant: plain(zebra.tenant), role: "member" },
    ]);
  });

  it("of one name are always in the same order", async () => {
    const made = [await joined("Twin"), await joined("Twin"), await joined("Twin")];
    const ids = (await choices.list(alice.id)).map(({ tenant }) => tenant.slug);
    expect(ids).toEqual(made.map(({ tenant }) => tenant.slug).sort());
  });

  it("are without those that one was taken out of, or that are not active", async () => {
    await joined("Stays");
    const [suspended, removed] = [await joined("Suspended"), await joined("Removed")];
    const [asleep, gone] = [await joined("Asleep"), await joined("Gone")];
    await members.suspend(suspended.tenant, alice.id, suspended.by);
    await members.remove(removed.tenant, alice.id, removed.by);
    await fixture.tenantry.tenants.suspend(asleep.tenant.id);
    await fixture.tenantry.tenants.archive(gone.tenant.id);
    expect(await names()).toEqual(["Stays"]);
    await members.reactivate(suspended.tenant, alice.id, suspended.by);
    await fixture.tenantry.tenants.reactivate(asleep.tenant.id);
    expect(await names()).toEqual(["Asleep", "Stays", "Suspended"]);
  });

  it("are none for an account that is disabled, unknown, or no id", async () => {
    await joined("Somewhere");
    expect(await choices.list(newUuid())).toEqual([]);
    expect(await choices.list("no id")).toEqual([]);
    await fixture.accounts.disable(alice.id, "test", caller);
    expect(await names()).toEqual([]);
  });

  it("are not guessed where the registry is away", async () => {
    await joined("Somewhere");
    const away: TenantLookup = { find: () => Promise.reject(new Error("away")) };
    await expect(createTenantChoices(fixture.database, away).list(alice.id)).rejects.toThrow(
      "away",
    );
  });

  it("are 500 at most, and the registry is asked for a few at once", async () => {
    await fixture.admin(
      `with t as (
         insert into tenantry.tenant (id, slug, name, version)
         select gen_random_uuid(), 'many-' || n, 'Many ' || n, 0 from generate_series(1, 501) n returning id
       ) insert into tenantry.account_tenant (account_id, tenant_id, role, status)
         select $1, id, 'member', 'active' from t`,
      [alice.id],
    );
    let [now, most] = [0, 0];
    const counted: TenantLookup = {
      async find(key) {
        most = Math.max(most, (now += 1));
        const found = await fixture.tenantry.tenants.find(key);
        now -= 1;
        return found;
      },
    };
    const many = await createTenantChoices(fixture.database, counted).list(alice.id);
    expect(many).toHaveLength(500);
    expect(most).toBeLessThanOrEqual(8);
  });
});
