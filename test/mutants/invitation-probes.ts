import { expect } from "vitest";
import type { Account } from "../../src/identity/account/account.js";
import { caller } from "../identity/support/identity-fixture.js";
import { code } from "../identity/support/staged.js";
import { by, type Found, type IdentityProbe, type IdentityWorld } from "./identity-world.js";
import { whileDemoted } from "./member-probes.js";

const denied = "PERMISSION_DENIED";
const emailOf = ({ email, emailKey }: Account) => ({ address: email, key: emailKey });

/** Invites somebody, and gives what his token leads to. */
async function invite(
  { invitations }: Pick<IdentityWorld, "invitations">,
  { tenant, owner }: Found,
  guest: Account,
  role = "member",
) {
  const { token, invitation } = await invitations.invite(
    tenant,
    { email: emailOf(guest), role },
    by(owner),
  );
  return { token, id: invitation.id };
}

export const invitationProbes: Readonly<Record<string, IdentityProbe>> = {
  async "an-invitation-is-for-one"(world) {
    const { invitations, sound, found, fixture } = world;
    const [place, other] = [await found(), await found()];
    const { tenant } = place;
    const [guest, thief] = [await fixture.person("guest"), await fixture.person("thief")];
    const accept = (token: unknown, account: Account, where = tenant) =>
      invitations.accept(where, token, account, caller);
    const { token } = await invite(world, place, guest);
    const { token: thiefs } = await invite(world, place, thief, "viewer");
    expect(await accept("x".repeat(43), guest)).toBeNull();
    expect(await accept(`${token}=`, guest)).toBeNull();
    expect(await accept(token, thief)).toBeNull();
    expect(await accept(thiefs, guest)).toBeNull();
    expect(await accept(token, { ...thief, emailKey: guest.emailKey })).toBeNull();
    expect(await accept(token, guest, other.tenant)).toBeNull();
    await fixture.admin("update tenantry.account set status = 'disabled' where id = $1", [
      guest.id,
    ]);
    expect(await accept(token, guest)).toBeNull();
    await fixture.admin("update tenantry.account set status = 'active' where id = $1", [guest.id]);
    expect(await accept(token, guest)).toMatchObject({ role: "member", accountId: guest.id });
    expect(await accept(token, guest)).toBeNull();
    expect((await fixture.accounts.find(guest.id))!.emailVerifiedAt).not.toBeNull();
    expect(await sound.members.find(tenant, thief.id)).toBeNull();
  },

  async "an-invitation-is-void-in-time"(world) {
    const { invitations, found, fixture } = world;
    const place = await found();
    const { tenant, owner } = place;
    const guest = await fixture.person("guest");
    const accept = (token: string) => invitations.accept(tenant, token, guest, caller);
    const revoked = await invite(world, place, guest);
    await invitations.revoke(tenant, revoked.id, by(owner));
    expect(await accept(revoked.token)).toBeNull();
    expect(await code(invitations.revoke(tenant, revoked.id, by(owner)))).toBe("NOT_FOUND");
    expect(await code(invitations.revoke(tenant, "no id", by(owner)))).toBe("NOT_FOUND");
    const replaced = await invite(world, place, guest);
    const late = await invite(world, place, guest);
    expect(await accept(replaced.token)).toBeNull();
    expect(await invitations.list(tenant, by(owner))).toHaveLength(1);
    const [row] = await fixture.admin<{ days: number }>(
      "select extract(day from expires_at - created_at)::integer as days from tenantry.invitation where id = $1",
      [late.id],
    );
    expect(row!.days).toBe(7);
    await fixture.admin("update tenantry.invitation set expires_at = now() where id = $1", [
      late.id,
    ]);
    expect(await accept(late.token)).toBeNull();
    expect(await invitations.list(tenant, by(owner))).toEqual([]);
  },

  async "an-invitation-anew-is-in-its-own-words"(world) {
    const { invitations, found, fixture } = world;
    const place = await found();
    const guest = await fixture.person("guest");
    await invite(world, place, guest, "admin");
    const { token } = await invite(world, place, guest, "viewer");
    expect(await invitations.accept(place.tenant, token, guest, caller)).toMatchObject({
      role: "viewer",
    });
  },

  async "invitations-are-the-managers"(world) {
    const { invitations, sound, found, fixture } = world;
    const place = await found();
    const { tenant, owner, admin, member } = place;
    const email = emailOf(await fixture.person("guest"));
    const asked = (role: string, account: Account) =>
      code(invitations.invite(tenant, { email, role }, by(account)));
    expect(await asked("viewer", member)).toBe(denied);
    expect(await asked("owner", admin)).toBe(denied);
    await sound.tenantRoles.save(
      tenant,
      { name: "boss", permissions: ["roles:manage"] },
      by(owner),
    );
    expect(await asked("boss", admin)).toBe(denied);
    expect(await asked("nobodys", owner)).toBe("ROLE_UNKNOWN");
    expect(await asked("admin", admin)).toBe("done");
    const { id } = (await sound.invitations.list(tenant, by(owner)))[0]!;
    expect(await code(invitations.list(tenant, by(member)))).toBe(denied);
    expect(await code(invitations.revoke(tenant, id, by(member)))).toBe(denied);
    await sound.members.suspend(tenant, admin.id, by(owner));
    expect(await asked("member", admin)).toBe(denied);
    expect(await code(invitations.list(tenant, by(admin)))).toBe(denied);
  },

  async "an-invitation-is-worth-what-its-giver-may"(world) {
    const { over, sound, found, fixture } = world;
    const place = await found();
    const { tenant, owner, admin } = place;
    const guest = await fixture.person("guest");
    const invited = { email: emailOf(guest), role: "admin" };
    const { token } = await sound.invitations.invite(tenant, invited, by(admin));
    await sound.members.suspend(tenant, admin.id, by(owner));
    expect(await world.invitations.accept(tenant, token, guest, caller)).toBeNull();
    await sound.members.reactivate(tenant, admin.id, by(owner));
    let statements = 0;
    const { invitations } = over({
      ...fixture.database,
      async inTenant(...given) {
        // It was decided that he may, and then he may not.
        if ((statements += 1) === 3) await sound.members.suspend(tenant, admin.id, by(owner));
        return fixture.database.inTenant(...given);
      },
    });
    expect(await invitations.accept(tenant, token, guest, caller)).toBeNull();
    expect(await sound.members.find(tenant, guest.id)).toBeNull();
    await sound.members.reactivate(tenant, admin.id, by(owner));
    await sound.tenantRoles.save(tenant, { name: "gone", permissions: [] }, by(owner));
    const other = await fixture.person("other");
    const gone = await invite(sound, place, other, "gone");
    await sound.tenantRoles.remove(tenant, "gone", by(owner));
    expect(await code(world.invitations.accept(tenant, gone.token, other, caller))).toBe("done");
    expect(await sound.members.find(tenant, other.id)).toBeNull();
  },

  async "a-demotion-overtakes-an-invitation"(world) {
    const { invitations, found, fixture } = world;
    const place = await found();
    const { tenant, admin } = place;
    const guest = await fixture.person("guest");
    const { id } = await invite(world, place, guest);
    const other = emailOf(await fixture.person("other"));
    const works = [
      () => invitations.invite(tenant, { email: other, role: "admin" }, by(admin)),
      () => invitations.revoke(tenant, id, by(admin)),
    ];
    for (const work of works) {
      await fixture.admin(
        "update tenantry.membership set role = 'admin' where tenant_id = $1 and account_id = $2",
        [tenant.id, admin.id],
      );
      expect(await whileDemoted(world, place, work)).toBe(denied);
    }
  },
};
