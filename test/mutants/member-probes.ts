import { expect } from "vitest";
import type { Members } from "../../src/identity/membership/members.js";
import { withBare } from "../database/support/bare.js";
import { caller } from "../identity/support/identity-fixture.js";
import { code, rowsOf, startedTogether, waiting } from "../identity/support/staged.js";
import { until } from "../support/until.js";
import { by, type Found, type IdentityProbe, type IdentityWorld } from "./identity-world.js";

const denied = "PERMISSION_DENIED";
const auditor = { name: "auditor", permissions: ["projects:read"] };

/** The events of a tenant's, from the first that is not its founding. */
export const eventsOf = async ({ fixture }: IdentityWorld, { tenant }: Found) =>
  (
    await fixture.admin<{ type: string }>(
      "select type from tenantry.identity_event where tenant_id = $1 order by id offset 3",
      [tenant.id],
    )
  ).map(({ type }) => type);

/** Begins the work while a demotion of the admin's is under way, and ends both. */
export async function whileDemoted(
  { fixture }: IdentityWorld,
  { tenant, admin }: Found,
  work: () => Promise<unknown>,
): Promise<unknown> {
  return withBare(fixture.test.adminUrl, async (demoting) => {
    await demoting.query("begin");
    await demoting.query(
      "update tenantry.membership set role = 'viewer' where tenant_id = $1 and account_id = $2",
      [tenant.id, admin.id],
    );
    const done = code(work());
    await Promise.race([done, until(async () => (await waiting(fixture)) === 1)]);
    await demoting.query("commit");
    return done;
  });
}

async function stateOf({ sound }: IdentityWorld, { tenant }: Found, accountId: string) {
  const found = await sound.members.find(tenant, accountId);
  return found === null ? null : `${found.role} ${found.status}`;
}

export const memberProbes: Readonly<Record<string, IdentityProbe>> = {
  async "members-change-as-they-may"(world) {
    const { members, sound, found } = world;
    const place = await found();
    const { tenant, owner, admin, member } = place;
    const change = (...[id, role, actor]: [string, string, typeof owner]) =>
      code(members.changeRole(tenant, id, role, by(actor)));
    expect(await change(owner.id, "member", admin)).toBe(denied);
    expect(await change(member.id, "owner", admin)).toBe(denied);
    expect(await change(admin.id, "viewer", member)).toBe(denied);
    expect(await code(members.suspend(tenant, admin.id, by(member)))).toBe(denied);
    expect(await change(admin.id, "owner", admin)).toBe(denied);
    expect(await code(members.suspend(tenant, admin.id, by(admin)))).toBe(denied);
    const boss = { name: "boss", permissions: ["roles:manage"] };
    await sound.tenantRoles.save(tenant, boss, by(owner));
    expect(await change(member.id, "boss", admin)).toBe(denied);
    expect(await change(member.id, "nobodys", owner)).toBe("ROLE_UNKNOWN");
    await sound.members.suspend(tenant, admin.id, by(owner));
    expect(await change(member.id, "viewer", admin)).toBe(denied);
    expect(await code(members.suspend(tenant, member.id, by(admin)))).toBe(denied);
    expect(await code(members.reactivate(tenant, admin.id, by(admin)))).toBe(denied);
    expect(await change(admin.id, "viewer", owner)).toBe("done");
    expect(await stateOf(world, place, admin.id)).toBe("viewer suspended");
    expect(await code(members.remove(tenant, member.id, by(member)))).toBe("done");
    expect(await change(member.id, "viewer", owner)).toBe("NOT_FOUND");
    expect(await code(members.remove(tenant, owner.id, by(owner)))).toBe("LAST_OWNER");
  },

  async "members-are-shown-to-members"({ members, sound, found, fixture }) {
    const { tenant, owner, admin, member } = await found();
    const list = (account: typeof owner) => members.list(tenant, by(account));
    expect((await list(member)).map(({ accountId }) => accountId)).toEqual([
      owner.id,
      admin.id,
      member.id,
    ]);
    const stranger = await fixture.person("stranger");
    expect(await code(list(stranger))).toBe(denied);
    await sound.members.suspend(tenant, member.id, by(owner));
    expect(await code(list(member))).toBe(denied);
    await sound.tenantRoles.save(tenant, { name: "blind", permissions: [] }, by(owner));
    await sound.members.changeRole(tenant, admin.id, "blind", by(owner));
    expect(await code(list(admin))).toBe(denied);
    await sound.members.remove(tenant, member.id, by(owner));
    expect(await list(owner)).toHaveLength(2);
  },

  async "a-demotion-under-way-is-waited-for"(world) {
    const place = await world.found();
    const { tenant, member, admin } = place;
    const work = () => world.members.suspend(tenant, member.id, by(admin));
    expect(await whileDemoted(world, place, work)).toBe(denied);
  },

  async "what-was-decided-is-decided-anew"(world) {
    const { over, found, fixture } = world;
    const overtaken = async (which: "admin" | "member", change: string) => {
      const place = await found();
      const { tenant, admin, member } = place;
      let statements = 0;
      const { members } = over({
        ...fixture.database,
        async inTenant(...given) {
          if ((statements += 1) === 2) {
            await fixture.admin(
              `update tenantry.membership set ${change} where tenant_id = $1 and account_id = $2`,
              [tenant.id, place[which].id],
            );
          }
          return fixture.database.inTenant(...given);
        },
      });
      return code(members.suspend(tenant, member.id, by(admin)));
    };
    expect(await overtaken("admin", "role = 'viewer'")).toBe(denied);
    expect(await overtaken("member", "status = 'removed'")).toBe("NOT_FOUND");
    expect(await overtaken("member", "role = 'viewer'")).toBe("done");
  },

  async "two-who-change-each-other-do-not-hang"({ members, sound, found, fixture }) {
    const { tenant, owner, member } = await found();
    await sound.members.changeRole(tenant, member.id, "owner", by(owner));
    const [first, last] = [owner.id, member.id].sort();
    const [text, values] = rowsOf(tenant, last!);
    let free: unknown[] = [];
    const works = [
      () => code(members.suspend(tenant, member.id, by(owner))),
      () => code(members.suspend(tenant, owner.id, by(member))),
    ];
    const done = await startedTogether(fixture, rowsOf(tenant, first!), works, async () => {
      free = await fixture.admin(`${text} skip locked`, values);
    });
    expect(done.sort()).toEqual([denied, "done"]);
    // Who waits for the first has not locked the last.
    expect(free).toHaveLength(1);
  },

  async "grants-go-with-the-membership"(world) {
    const { members, sound, found, signIn, fixture } = world;
    for (const change of ["suspend", "remove"] satisfies (keyof Members)[]) {
      const { tenant, owner, member, admin } = await found();
      for (const { id: accountId, ...rest } of [member, admin]) {
        const { id: sessionId } = await signIn({ id: accountId, ...rest });
        const device = { ...caller, client: null };
        await sound.grants.start({ tenantId: tenant.id, accountId, sessionId, ...device });
      }
      await members.changeRole(tenant, member.id, "viewer", by(owner));
      const ended = async () =>
        (
          await fixture.admin<{ account_id: string }>(
            "select account_id from tenantry.tenant_grant where tenant_id = $1 and ended_at is not null",
            [tenant.id],
          )
        ).map(({ account_id }) => account_id);
      expect(await ended()).toEqual([]);
      await members[change](tenant, member.id, by(owner));
      expect(await ended()).toEqual([member.id]);
    }
  },

  async "who-is-there-stays-and-who-left-comes-back"(world) {
    const { members, invitations, sound, found } = world;
    const place = await found();
    const { tenant, owner, member } = place;
    const admit = () => members.admit(tenant, { accountId: member.id, role: "admin" }, caller);
    const accept = async () => {
      const email = { address: member.email, key: member.emailKey };
      const invited = { email, role: "admin" };
      const { token } = await sound.invitations.invite(tenant, invited, by(owner));
      return invitations.accept(tenant, token, member, caller);
    };
    await sound.members.suspend(tenant, member.id, by(owner));
    for (const come of [admit, accept]) {
      expect(await come()).toMatchObject({ role: "member", status: "suspended" });
    }
    await sound.members.remove(tenant, member.id, by(owner));
    expect(await admit()).toMatchObject({ role: "admin", status: "active" });
    expect(await code(members.admit(tenant, { accountId: member.id, role: "x" }, caller))).toBe(
      "ROLE_UNKNOWN",
    );
  },

  async "a-tenants-roles-are-made-by-who-may"(world) {
    const { tenantRoles, sound, found } = world;
    const { tenant, owner, admin, member } = await found();
    const save = (role: { name: string; permissions: string[] }, actor = owner) =>
      code(tenantRoles.save(tenant, role, by(actor)));
    expect(await save(auditor, admin)).toBe(denied);
    expect(await save(auditor)).toBe("done");
    const keeper = { name: "keeper", permissions: ["roles:manage"] };
    await sound.tenantRoles.save(tenant, keeper, by(owner));
    await sound.members.changeRole(tenant, admin.id, "keeper", by(owner));
    expect(await save(auditor, admin)).toBe(denied);
    expect(await code(tenantRoles.list(tenant, by(admin)))).toBe(denied);
    expect(await tenantRoles.list(tenant, by(member))).toEqual([auditor, keeper]);
    expect(await code(tenantRoles.remove(tenant, "auditor", by(member)))).toBe(denied);
    expect(await code(tenantRoles.remove(tenant, "auditor", by(admin)))).toBe("done");
    expect(await code(tenantRoles.remove(tenant, "auditor", by(admin)))).toBe("ROLE_UNKNOWN");
    for (const name of ["owner", "viewer", "Auditor", ""]) {
      expect([name, await save({ name, permissions: [] })]).toEqual([name, "ROLE_INVALID"]);
    }
    expect(await save({ name: "x", permissions: ["unheard:of"] })).toBe("ROLE_INVALID");
  },

  async "a-role-changes-with-its-members"(world) {
    const { tenantRoles, exchange, sound, found, fixture, signIn } = world;
    const { tenant, owner, admin, member } = await found();
    await tenantRoles.save(tenant, auditor, by(owner));
    await sound.members.changeRole(tenant, admin.id, "auditor", by(owner));
    const versions = async () => [
      (await sound.members.find(tenant, admin.id))!.version,
      (await sound.members.find(tenant, member.id))!.version,
    ];
    const [first, others] = await versions();
    await tenantRoles.save(tenant, { ...auditor, permissions: [] }, by(owner));
    const [second] = await versions();
    expect(second).toBeGreaterThan(first!);
    await tenantRoles.remove(tenant, "auditor", by(owner));
    const [third, same] = await versions();
    expect(third).toBeGreaterThan(second!);
    expect(same).toBe(others);
    // What the application no longer knows.
    await fixture.admin(
      "insert into tenantry.tenant_role (tenant_id, name, permissions) values ($1, 'auditor', '{members:manage,gone:long}')",
      [tenant.id],
    );
    const { token } = await signIn(admin);
    const { claims } = await exchange.enter(token, tenant, { ...caller, client: null });
    expect(claims.permissions).toEqual(["members:manage"]);
  },

  async "two-who-change-their-role-both-do"(world) {
    const { tenantRoles, sound, found, fixture } = world;
    const place = await found();
    const { tenant, owner, admin, member } = place;
    const keeper = { name: "keeper", permissions: ["roles:manage"] };
    await sound.tenantRoles.save(tenant, keeper, by(owner));
    for (const { id } of [admin, member]) {
      await sound.members.changeRole(tenant, id, "keeper", by(owner));
    }
    const done = await startedTogether(
      fixture,
      ["select from tenantry.membership where tenant_id = $1 for update", [tenant.id]],
      [admin, member].map((account) => () => code(tenantRoles.save(tenant, keeper, by(account)))),
    );
    expect(done).toEqual(["done", "done"]);
    expect((await eventsOf(world, place)).slice(-2)).toEqual(["role.saved", "role.saved"]);
  },

  async "what-happens-to-members-is-written-down"(world) {
    const { members, tenantRoles, invitations, found, fixture } = world;
    const place = await found();
    const { tenant, owner, member } = place;
    const guest = await fixture.person("guest");
    const invited = { email: { address: guest.email, key: guest.emailKey }, role: "member" };
    await members.changeRole(tenant, member.id, "viewer", by(owner));
    await members.admit(tenant, { accountId: member.id, role: "viewer" }, caller);
    await tenantRoles.save(tenant, auditor, by(owner));
    await tenantRoles.remove(tenant, "auditor", by(owner));
    const { invitation } = await invitations.invite(tenant, invited, by(owner));
    await invitations.revoke(tenant, invitation.id, by(owner));
    const { token } = await invitations.invite(tenant, invited, by(owner));
    await invitations.accept(tenant, token, guest, caller);
    expect(await eventsOf(world, place)).toEqual([
      "member.changed",
      "member.admitted",
      "role.saved",
      "role.removed",
      "invitation.sent",
      "invitation.revoked",
      "invitation.sent",
      "invitation.accepted",
    ]);
  },
};
