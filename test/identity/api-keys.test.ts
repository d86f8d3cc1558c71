import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Tenant } from "../../src/core/tenant.js";
import type { Account } from "../../src/identity/account/account.js";
import { createApiKeys, type ApiKeys } from "../../src/identity/api-key/api-keys.js";
import { createMembers, type Members } from "../../src/identity/membership/members.js";
import { createRoles } from "../../src/identity/membership/roles.js";
import { describeOnServers } from "../support/servers.js";
import { caller, openIdentityFixture, type IdentityFixture } from "./support/identity-fixture.js";

const roles = createRoles({ permissions: ["projects:read", "projects:write"] });

describeOnServers("keys of a tenant's programs", (server) => {
  let fixture: IdentityFixture;
  let members: Members;
  let keys: ApiKeys;
  let tenant: Tenant;
  let admin: Account;
  let member: Account;
  let slugs = 0;
  beforeAll(async () => {
    fixture = await openIdentityFixture(server);
    members = createMembers(fixture.database, roles);
    keys = createApiKeys(fixture.database, roles, fixture.tenantry.tenants);
  });
  afterAll(() => fixture?.close());
  beforeEach(async () => {
    tenant = await fixture.tenantry.tenants.create({ slug: `k${(slugs += 1)}`, name: "K" });
    admin = await fixture.person("admin");
    member = await fixture.person("member");
    await members.admit(tenant, { accountId: admin.id, role: "admin" }, caller);
    await members.admit(tenant, { accountId: member.id, role: "member" }, caller);
  });
  const by = (account: Account) => ({ accountId: account.id, caller });
  const code = async (work: Promise<unknown>) =>
    work.then(
      () => "done",
      (error: { code?: string }) => error.code,
    );
  const wanted = { name: "import", permissions: ["projects:read"] };

  it("open their tenant to what they were made for, and nothing more", async () => {
    const { key, text } = await keys.create(tenant, wanted, by(admin));
    expect(await keys.use(text)).toEqual({
      tenant,
      actor: { kind: "service", id: key.id },
      permissions: ["projects:read"],
    });
    expect((await keys.list(tenant, by(admin)))[0]!.usedAt).toBeInstanceOf(Date);
  });

  it("have one spelling, and no other text is one", async () => {
    const { text } = await keys.create(tenant, wanted, by(admin));
    expect(text).toMatch(/^tenantry_key_[A-Za-z0-9_-]{91,}$/);
    for (const other of [
      "",
      text.slice(0, -1),
      `${text}A`,
      `${text}=`,
      ` ${text}`,
      text.toLowerCase(),
      text.replace("tenantry_key_", ""),
      `tenantry_key_${"A".repeat(112)}`,
      null,
      {},
    ]) {
      expect([other, await keys.use(other)]).toEqual([other, null]);
    }
    const places = Array.from({ length: text.length - 13 }, (_, at) => at + 13);
    for (const at of places) {
      const changed = text.slice(0, at) + (text[at] === "A" ? "B" : "A") + text.slice(at + 1);
      expect([at, await keys.use(changed)]).toEqual([at, null]);
    }
  });

  it("are made, seen, replaced and revoked by who manages keys, with no more than he may", async () => {
    const { key } = await keys.create(tenant, wanted, by(admin));
    const more = { name: "more", permissions: ["roles:manage"] };
    for (const work of [
      () => keys.create(tenant, more, by(admin)),
      () => keys.create(tenant, wanted, by(member)),
      () => keys.list(tenant, by(member)),
      () => keys.rotate(tenant, key.id, by(member)),
      () => keys.revoke(tenant, key.id, by(member)),
      () => keys.create(fixture.acme, wanted, by(admin)),
    ]) {
      expect(await code(work())).toBe("PERMISSION_DENIED");
    }
    for (const odd of [
      { ...wanted, name: " " },
      { ...wanted, permissions: [] },
      { ...wanted, permissions: ["unheard:of"] },
      { ...wanted, expiresAt: new Date(0) },
    ]) {
      expect(await code(keys.create(tenant, odd, by(admin)))).toBe("API_KEY_INVALID");
    }
    expect(await code(keys.rotate(tenant, key.id, by(admin), { overlapSeconds: -1 }))).toBe(
      "API_KEY_INVALID",
    );
  });

  it("end when they are revoked, late, or their tenant is suspended", async () => {
    const revoked = await keys.create(tenant, wanted, by(admin));
    await keys.revoke(tenant, revoked.key.id, by(admin));
    expect(await keys.use(revoked.text)).toBeNull();
    expect(await code(keys.revoke(tenant, revoked.key.id, by(admin)))).toBe("NOT_FOUND");
    expect(await code(keys.revoke(tenant, "no id", by(admin)))).toBe("NOT_FOUND");

    const expiresAt = new Date(Date.now() + 60_000);
    const late = await keys.create(tenant, { ...wanted, expiresAt }, by(admin));
    expect(await keys.use(late.text)).not.toBeNull();
    await fixture.admin("update tenantry.api_key set expires_at = now() where id = $1", [
      late.key.id,
    ]);
    expect(await keys.use(late.text)).toBeNull();

    const { text } = await keys.create(tenant, wanted, by(admin));
    await fixture.tenantry.tenants.suspend(tenant.id);
    expect(await keys.use(text)).toBeNull();
    await fixture.tenantry.tenants.reactivate(tenant.id);
    expect(await keys.use(text)).not.toBeNull();
  });

  it("that are replaced are good for as long as it was said, and no key before them", async () => {
    const first = await keys.create(tenant, wanted, by(admin));
    const second = await keys.rotate(tenant, first.key.id, by(admin));
    expect(await keys.use(first.text)).not.toBeNull();
    expect(await keys.use(second.text)).not.toBeNull();
    const third = await keys.rotate(tenant, first.key.id, by(admin), { overlapSeconds: 0 });
    expect(await keys.use(first.text)).toBeNull();
    expect(await keys.use(second.text)).toBeNull();
    expect(await keys.use(third.text)).not.toBeNull();
  });

  it("of one tenant are not there for another's managers", async () => {
    const { key, text } = await keys.create(tenant, wanted, by(admin));
    await members.admit(fixture.acme, { accountId: member.id, role: "owner" }, caller);
    expect(await keys.list(fixture.acme, by(member))).toEqual([]);
    expect(await code(keys.revoke(fixture.acme, key.id, by(member)))).toBe("NOT_FOUND");
    expect(await code(keys.rotate(fixture.acme, key.id, by(member)))).toBe("NOT_FOUND");
    expect(await keys.use(text)).not.toBeNull();
  });

  describe("at rest", () => {
    it("are a hash, which the application's role cannot read", async () => {
      const { text } = await keys.create(tenant, wanted, by(admin));
      const [row] = await fixture.admin<{ row: string }>(
        "select to_jsonb(k)::text as row from tenantry.api_key k where tenant_id = $1",
        [tenant.id],
      );
      const secret = Buffer.from(text.slice(13), "base64url").subarray(32, 64);
      expect(row!.row).not.toContain(secret.toString("hex"));
      const reading = fixture.tenantry.enter(tenant.id, { reason: "test" }, () =>
        fixture.tenantry.db.query("select * from tenantry.api_key"),
      );
      expect(await code(reading)).toBe("42501");
    });
  });
});
