import { createHash } from "node:crypto";
import { expect } from "vitest";
import type { Account } from "../../src/identity/account/account.js";
import { caller } from "../identity/support/identity-fixture.js";
import { code } from "../identity/support/staged.js";
import { by, type Found, type IdentityProbe, type IdentityWorld } from "./identity-world.js";

/** Two tenants, and one who is an owner in the first and a member in the second. */
async function twoPlaces(world: IdentityWorld): Promise<{ a: Found; b: Found; both: Account }> {
  const [a, b] = [await world.found(), await world.found()];
  const membership = { accountId: a.owner.id, role: "viewer" };
  await world.sound.members.admit(b.tenant, membership, caller);
  for (const { tenant, owner } of [a, b]) {
    const name = tenant === a.tenant ? "ours" : "theirs";
    await world.sound.tenantRoles.save(tenant, { name, permissions: [] }, by(owner));
  }
  return { a, b, both: a.owner };
}

const emailOf = ({ email, emailKey }: Account) => ({ address: email, key: emailKey });

/** Asked with row security off: each statement names its tenant itself. */
export const ownTenantProbes: Readonly<Record<string, IdentityProbe>> = {
  async "members-are-of-the-tenant-that-is-named"(world) {
    const { members, sound } = world;
    const { a, b, both } = await twoPlaces(world);
    expect(await code(members.list(a.tenant, by(both)))).toBe("done");
    expect(await members.list(a.tenant, by(both))).toHaveLength(3);
    expect(await members.find(a.tenant, b.member.id)).toBeNull();
    expect(await code(members.changeRole(a.tenant, a.member.id, "theirs", by(both)))).toBe(
      "ROLE_UNKNOWN",
    );
    expect(await code(members.suspend(a.tenant, b.member.id, by(both)))).toBe("NOT_FOUND");
    expect((await sound.members.find(b.tenant, b.member.id))!.status).toBe("active");
  },

  async "grants-end-in-the-tenant-that-is-named"(world) {
    const { members, sound, signIn, fixture } = world;
    const { a, b } = await twoPlaces(world);
    await sound.members.admit(b.tenant, { accountId: a.member.id, role: "member" }, caller);
    const { id: sessionId } = await signIn(a.member);
    for (const { tenant } of [a, b]) {
      const start = { tenantId: tenant.id, accountId: a.member.id, sessionId };
      await sound.grants.start({ ...start, ...caller, client: null });
    }
    await members.remove(a.tenant, a.member.id, by(a.owner));
    const ended = await fixture.admin<{ tenant_id: string }>(
      "select tenant_id from tenantry.tenant_grant where account_id = $1 and ended_at is not null",
      [a.member.id],
    );
    expect(ended).toEqual([{ tenant_id: a.tenant.id }]);
  },

  async "roles-are-of-the-tenant-that-is-named"(world) {
    const { tenantRoles, sound } = world;
    const { a, b, both } = await twoPlaces(world);
    const name = "shared";
    for (const { tenant, owner, admin } of [a, b]) {
      await sound.tenantRoles.save(tenant, { name, permissions: [] }, by(owner));
      await sound.members.changeRole(tenant, admin.id, name, by(owner));
    }
    const version = async () => (await sound.members.find(b.tenant, b.admin.id))!.version;
    const before = await version();
    expect((await tenantRoles.list(a.tenant, by(both))).map((role) => role.name)).toEqual([
      "ours",
      name,
    ]);
    await tenantRoles.save(a.tenant, { name, permissions: ["projects:read"] }, by(both));
    await tenantRoles.remove(a.tenant, name, by(both));
    expect(await version()).toBe(before);
    expect(await sound.tenantRoles.list(b.tenant, by(b.owner))).toHaveLength(2);
  },

  async "invitations-are-of-the-tenant-that-is-named"(world) {
    const { invitations, sound, fixture } = world;
    const { a, b, both } = await twoPlaces(world);
    const guest = await fixture.person("guest");
    const invited = { email: emailOf(guest), role: "member" };
    const { token, invitation } = await sound.invitations.invite(b.tenant, invited, by(b.owner));
    expect(await invitations.list(a.tenant, by(both))).toEqual([]);
    expect(await code(invitations.revoke(a.tenant, invitation.id, by(both)))).toBe("NOT_FOUND");
    expect(await invitations.accept(a.tenant, token, guest, caller)).toBeNull();
    expect(await sound.invitations.accept(b.tenant, token, guest, caller)).not.toBeNull();
  },

  async "keys-are-of-the-tenant-that-is-named"(world) {
    const { apiKeys, sound } = world;
    const { a, b, both } = await twoPlaces(world);
    const wanted = { name: "import", permissions: ["projects:read"] };
    const { key, text } = await sound.apiKeys.create(b.tenant, wanted, by(b.owner));
    expect(await apiKeys.list(a.tenant, by(both))).toEqual([]);
    expect(await code(apiKeys.rotate(a.tenant, key.id, by(both)))).toBe("NOT_FOUND");
    expect(await code(apiKeys.revoke(a.tenant, key.id, by(both)))).toBe("NOT_FOUND");
    const body = Buffer.from(text.slice("tenantry_key_".length), "base64url").subarray(0, 64);
    Buffer.from(a.tenant.id.replaceAll("-", ""), "hex").copy(body);
    const check = createHash("sha256").update("tenantry_key_").update(body).digest().subarray(0, 4);
    const moved = `tenantry_key_${Buffer.concat([body, check]).toString("base64url")}`;
    expect(await apiKeys.use(moved)).toBeNull();
    expect(await apiKeys.use(text)).not.toBeNull();
  },
};
