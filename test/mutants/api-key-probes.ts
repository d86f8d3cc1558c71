import { expect } from "vitest";
import { code, startedTogether } from "../identity/support/staged.js";
import { writesTo } from "./account-probes.js";
import { by, type Found, type IdentityProbe, type IdentityWorld } from "./identity-world.js";
import { eventsOf, whileDemoted } from "./member-probes.js";

const denied = "PERMISSION_DENIED";
const wanted = { name: "import", permissions: ["projects:read"] };
const make = ({ apiKeys }: IdentityWorld, { tenant, admin }: Found) =>
  apiKeys.create(tenant, wanted, by(admin));
const set = ({ fixture }: IdentityWorld, id: string, change: string) =>
  fixture.admin(`update tenantry.api_key set ${change} where id = $1`, [id]);

export const apiKeyProbes: Readonly<Record<string, IdentityProbe>> = {
  async "a-key-opens-what-it-was-made-for"(world) {
    const { apiKeys, found, fixture } = world;
    const place = await found();
    const { key, text } = await make(world, place);
    expect(await apiKeys.use(text)).toMatchObject({
      tenant: { id: place.tenant.id },
      actor: { kind: "service", id: key.id },
      permissions: ["projects:read"],
    });
    await set(world, key.id, "permissions = '{projects:read,gone:long}'");
    expect((await apiKeys.use(text))!.permissions).toEqual(["projects:read"]);
    const secret = Buffer.from(text.slice("tenantry_key_".length), "base64url").subarray(32, 64);
    const [row] = await fixture.admin<{ hash: Buffer }>(
      "select secret_hash as hash from tenantry.api_key where id = $1",
      [key.id],
    );
    expect(row!.hash.equals(secret)).toBe(false);
  },

  async "no-other-text-is-a-key"(world) {
    const { apiKeys, found } = world;
    const place = await found();
    const [one, other] = [await make(world, place), await make(world, place)];
    const at = "tenantry_key_".length;
    const bytes = (text: string) => Buffer.from(text.slice(at), "base64url");
    const mixed = Buffer.concat([
      bytes(one.text).subarray(0, 32),
      bytes(other.text).subarray(32, 64),
    ]);
    const { createHash } = await import("node:crypto");
    const check = createHash("sha256").update("tenantry_key_").update(mixed).digest();
    const text = Buffer.concat([mixed, check.subarray(0, 4)]).toString("base64url");
    for (const guess of [`tenantry_key_${text}`, `${one.text}=`, `${one.text}\n`, one.text + "A"]) {
      expect([guess, await apiKeys.use(guess)]).toEqual([guess, null]);
    }
    // Mistyped in each part: nobody is asked.
    let asked = 0;
    const { database } = world.fixture;
    const over = world.over({
      ...database,
      inTenant: (...given) => ((asked += 1), database.inTenant(...given)),
    });
    for (const place of [at + 30, at + 60]) {
      const letter = one.text[place] === "A" ? "B" : "A";
      const typo = one.text.slice(0, place) + letter + one.text.slice(place + 1);
      expect(await over.apiKeys.use(typo)).toBeNull();
    }
    expect(asked).toBe(0);
  },

  async "a-key-is-over-when-it-is"(world) {
    const { apiKeys, found } = world;
    const place = await found();
    const { tenant, admin } = place;
    for (const change of ["revoked_at = now()", "expires_at = now()"]) {
      const { key, text } = await make(world, place);
      expect(await apiKeys.use(text)).not.toBeNull();
      await set(world, key.id, change);
      expect([change, await apiKeys.use(text)]).toEqual([change, null]);
      expect(await code(apiKeys.rotate(tenant, key.id, by(admin)))).toBe("NOT_FOUND");
    }
    const { key, text } = await make(world, place);
    await apiKeys.revoke(tenant, key.id, by(admin));
    expect(await apiKeys.use(text)).toBeNull();
    expect(await code(apiKeys.revoke(tenant, key.id, by(admin)))).toBe("NOT_FOUND");
    expect(await code(apiKeys.revoke(tenant, "no id", by(admin)))).toBe("NOT_FOUND");
    const listed = await apiKeys.list(tenant, by(admin));
    expect(listed.map(({ id }) => id)).not.toContain(key.id);
    const past = { ...wanted, expiresAt: new Date(0) };
    expect(await code(apiKeys.create(tenant, past, by(admin)))).toBe("API_KEY_INVALID");
  },

  async "a-suspended-tenants-key-opens-nothing"(world) {
    const { apiKeys, found, fixture } = world;
    const place = await found();
    const { text } = await make(world, place);
    await fixture.tenantry.tenants.suspend(place.tenant.id);
    expect(await apiKeys.use(text)).toBeNull();
    await fixture.tenantry.tenants.reactivate(place.tenant.id);
    expect(await apiKeys.use(text)).not.toBeNull();
  },

  async "a-replaced-key-has-its-overlap"(world) {
    const { apiKeys, found } = world;
    const place = await found();
    const { tenant, admin } = place;
    const first = await make(world, place);
    const rotate = (overlapSeconds?: number) =>
      apiKeys.rotate(
        tenant,
        first.key.id,
        by(admin),
        overlapSeconds === undefined ? {} : { overlapSeconds },
      );
    const second = await rotate();
    expect(await apiKeys.use(first.text)).not.toBeNull();
    expect(await apiKeys.use(second.text)).not.toBeNull();
    await set(world, first.key.id, "former_until = now()");
    expect(await apiKeys.use(first.text)).toBeNull();
    const third = await rotate(600);
    expect(await apiKeys.use(first.text)).toBeNull();
    expect(await apiKeys.use(second.text)).not.toBeNull();
    const fourth = await rotate(0);
    expect(await apiKeys.use(third.text)).toBeNull();
    expect(await apiKeys.use(fourth.text)).not.toBeNull();
    expect(await code(rotate(-1))).toBe("API_KEY_INVALID");
    expect(await code(rotate(604_801))).toBe("API_KEY_INVALID");
  },

  async "keys-are-the-managers"(world) {
    const { apiKeys, sound, found } = world;
    const place = await found();
    const { tenant, owner, admin, member } = place;
    const strong = { name: "strong", permissions: ["roles:manage"] };
    const owners = await sound.apiKeys.create(tenant, strong, by(owner));
    for (const work of [
      () => apiKeys.create(tenant, strong, by(admin)),
      () => apiKeys.rotate(tenant, owners.key.id, by(admin)),
      () => apiKeys.create(tenant, { ...wanted, permissions: ["members:read"] }, by(member)),
      () => apiKeys.list(tenant, by(member)),
      () => apiKeys.revoke(tenant, owners.key.id, by(member)),
    ]) {
      expect(await code(work())).toBe(denied);
    }
    const unheard = { ...wanted, permissions: ["unheard:of"] };
    expect(await code(apiKeys.create(tenant, unheard, by(owner)))).toBe("API_KEY_INVALID");
  },

  async "a-demotion-overtakes-a-key"(world) {
    const { apiKeys, found, fixture } = world;
    const place = await found();
    const { tenant, admin } = place;
    const { key } = await make(world, place);
    for (const work of [
      () => apiKeys.create(tenant, wanted, by(admin)),
      () => apiKeys.rotate(tenant, key.id, by(admin)),
      () => apiKeys.revoke(tenant, key.id, by(admin)),
    ]) {
      await fixture.admin(
        "update tenantry.membership set role = 'admin' where tenant_id = $1 and account_id = $2",
        [tenant.id, admin.id],
      );
      expect(await whileDemoted(world, place, work)).toBe(denied);
    }
  },

  async "a-busy-key-is-written-once-a-minute"(world) {
    const { apiKeys, found, fixture } = world;
    const { key, text } = await make(world, await found());
    const locking: [string, unknown[]] = [
      "select from tenantry.api_key where id = $1 for update",
      [key.id],
    ];
    const writes = await writesTo(world, "api_key", async () => {
      const uses = Array.from({ length: 4 }, () => () => apiKeys.use(text));
      const holders = await startedTogether(fixture, locking, uses);
      expect(holders.filter((holder) => holder === null)).toEqual([]);
      await apiKeys.use(text);
    });
    expect(writes).toBe(1);
  },

  async "what-happens-to-keys-is-written-down"(world) {
    const { apiKeys, found } = world;
    const place = await found();
    const { tenant, admin } = place;
    const { key } = await make(world, place);
    await apiKeys.rotate(tenant, key.id, by(admin));
    await apiKeys.revoke(tenant, key.id, by(admin));
    expect(await eventsOf(world, place)).toEqual(["key.created", "key.rotated", "key.revoked"]);
  },
};
