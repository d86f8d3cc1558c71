import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isTenantId } from "../../src/core/tenant.js";
import { newUuid } from "../../src/core/uuid.js";
import type { ErrorCode } from "../../src/core/errors.js";
import type { NewTenant, TenantRegistry } from "../../src/registry/contract.js";

export interface RegistryUnderTest {
  /** Made with `ownDomains: ["app.example.com"]`. May hold tenants of earlier tests. */
  readonly registry: TenantRegistry;
  close(): Promise<void>;
}

let count = 0;
const unique = (word: string) => `${word}-${process.pid}-${(count += 1)}`;
const newTenant = (more: Partial<NewTenant> = {}): NewTenant => ({
  slug: unique("acme"),
  name: "Acme & Sons",
  ...more,
});
const newHost = () => `${unique("shop")}.example.org`;

async function refused(work: Promise<unknown>, code: ErrorCode): Promise<void> {
  await expect(work).rejects.toMatchObject({ name: "TenantryError", code });
}

/** What every implementation of TenantRegistry must do. */
export function registryConformance(open: () => Promise<RegistryUnderTest>): void {
  let opened: RegistryUnderTest;
  let registry: TenantRegistry;
  beforeAll(async () => {
    opened = await open();
    registry = opened.registry;
  });
  afterAll(() => opened?.close());

  describe("creating and finding", () => {
    it("creates an active tenant and finds it by id and by slug", async () => {
      const tenant = await registry.create(newTenant({ settings: { theme: { dark: true } } }));
      expect(tenant).toMatchObject({
        name: "Acme & Sons",
        status: "active",
        placement: "default",
        settings: { theme: { dark: true } },
      });
      expect(isTenantId(tenant.id)).toBe(true);
      expect(tenant.id[14]).toBe("7");
      expect(await registry.find({ by: "id", value: tenant.id })).toEqual(tenant);
      expect(await registry.find({ by: "slug", value: tenant.slug })).toEqual(tenant);
    });

    it("keeps name, placement and settings exactly as they were given", async () => {
      const settings = {
        "": [],
        n: 1.5e300,
        deep: [[{ a: null }]],
        text: '"\\ ☃ 😀\n',
        yes: false,
      };
      const given = newTenant({ name: "O'Hara \\ Söhne 😀", placement: "eu-west_1", settings });
      const { id } = await registry.create(given);
      expect(await registry.find({ by: "id", value: id })).toMatchObject(given);
    });

    it("gives tenants that no reader can change", async () => {
      const { id } = await registry.create(newTenant({ settings: { list: [{ a: 1 }] } }));
      const tenant = await registry.find({ by: "id", value: id });
      const list = tenant?.settings.list as { a: number }[];
      expect(Object.isFrozen(tenant)).toBe(true);
      expect(() => list.push({ a: 2 })).toThrow(TypeError);
      expect(() => (list[0]!.a = 2)).toThrow(TypeError);
    });

    it("does not follow later changes of the object that a tenant was created from", async () => {
      const settings = { list: [1] };
      const { id } = await registry.create(newTenant({ settings }));
      settings.list.push(2);
      const tenant = await registry.find({ by: "id", value: id });
      expect(tenant?.settings).toEqual({ list: [1] });
    });

    it("answers null for keys that no tenant has", async () => {
      expect(await registry.find({ by: "id", value: newUuid() })).toBeNull();
      expect(await registry.find({ by: "slug", value: unique("nobody") })).toBeNull();
      expect(await registry.find({ by: "domain", value: newHost() })).toBeNull();
    });

    it.each([
      ["id", "not-a-uuid"],
      ["id", newUuid().toUpperCase()],
      ["slug", "ACME"],
      ["slug", "a'; drop table tenantry.tenant; --"],
      ["slug", "a\0b"],
      ["domain", "Acme.Example.org"],
      ["domain", "acme.example.org."],
      ["domain", "localhost"],
      ["domain", "a".repeat(300)],
    ] as const)("answers null for the malformed %s %s", async (by, value) => {
      expect(await registry.find({ by, value })).toBeNull();
    });

    it("finds a tenant that was looked for in vain before it was created", async () => {
      const given = newTenant();
      expect(await registry.find({ by: "slug", value: given.slug })).toBeNull();
      const tenant = await registry.create(given);
      expect(await registry.find({ by: "slug", value: given.slug })).toEqual(tenant);
    });

    it("refuses a slug that is taken, also by an archived tenant", async () => {
      const tenant = await registry.create(newTenant());
      await refused(registry.create(newTenant({ slug: tenant.slug })), "TENANT_CONFLICT");
      await registry.archive(tenant.id);
      await refused(registry.create(newTenant({ slug: tenant.slug })), "TENANT_CONFLICT");
    });

    it("lets one of many who want the same slug at once have it", async () => {
      const given = newTenant();
      const outcomes = await Promise.allSettled(
        Array.from({ length: 8 }, () => registry.create(given)),
      );
      const failures = outcomes.filter((outcome) => outcome.status === "rejected");
      expect(failures).toHaveLength(7);
      for (const { reason } of failures) expect(reason).toMatchObject({ code: "TENANT_CONFLICT" });
    });

    const cycle: Record<string, unknown> = {};
    cycle.self = cycle;
    let deep: unknown = 1;
    for (let i = 0; i < 40; i += 1) deep = [deep];
    it.each<[string, Record<string, unknown>]>([
      ["an empty slug", { slug: "" }],
      ["an upper-case slug", { slug: "Acme" }],
      ["a slug with a dot", { slug: "a.b" }],
      ["a slug of 64 characters", { slug: "a".repeat(64) }],
      ["an A-label as slug", { slug: "xn--mnchen-3ya" }],
      ["a slug that is no text", { slug: 7 }],
      ["an empty name", { name: "" }],
      ["a name of spaces", { name: "  " }],
      ["a name of 201 characters", { name: "😀".repeat(201) }],
      ["a name of two lines", { name: "a\nb" }],
      ["a name with U+0000", { name: "a\0b" }],
      ["a name with half of a surrogate pair", { name: "a\ud800" }],
      ["a placement in upper case", { placement: "EU" }],
      ["an empty placement", { placement: "" }],
      ["settings that are an array", { settings: [] }],
      ["settings that are null", { settings: null }],
      ["settings of more than 16 KiB", { settings: { text: "x".repeat(16 * 1024) } }],
      ["settings with undefined", { settings: { a: undefined } }],
      ["settings with a number that is none", { settings: { a: NaN } }],
      ["settings with a date", { settings: { a: new Date() } }],
      ["settings with a bigint", { settings: { a: 1n } }],
      ["settings with a cycle", { settings: cycle }],
      ["settings 41 levels deep", { settings: { deep } }],
      ["settings with U+0000", { settings: { a: "\0" } }],
      ["settings with half of a surrogate pair in a key", { settings: { "\udc00": 1 } }],
      ["settings with the key __proto__", { settings: JSON.parse('{"__proto__":{}}') as unknown }],
    ])("refuses %s", async (_what, wrong) => {
      await refused(registry.create(newTenant(wrong)), "TENANT_INVALID");
    });

    it("takes the longest slug, name and settings", async () => {
      const slug = unique("a").padEnd(63, "x");
      const settings = { text: "x".repeat(16 * 1024 - '{"text":""}'.length) };
      const tenant = await registry.create({ slug, name: "😀".repeat(200), settings });
      expect(await registry.find({ by: "slug", value: slug })).toEqual(tenant);
    });
  });

  describe("listing", () => {
    it("lists by id, in pages, and by status", async () => {
      const created = [];
      for (let i = 0; i < 5; i += 1) created.push(await registry.create(newTenant()));
      const ids = created.map(({ id }) => id).sort();
      const suspended = await registry.suspend(ids[1]!);

      const all = await everyTenant(registry);
      expect(all.map(({ id }) => id)).toEqual(all.map(({ id }) => id).sort());
      expect(all.map(({ id }) => id)).toEqual(expect.arrayContaining(ids));

      const page = await registry.list({ after: ids[0]!, limit: 2 });
      expect(page).toHaveLength(2);
      expect(page[0]!.id > ids[0]!).toBe(true);
      const active = await registry.list({ status: "active", limit: 1000 });
      expect(active.map(({ status }) => status)).not.toContain("suspended");
      const others = await registry.list({ status: "suspended", limit: 1000 });
      expect(others).toContainEqual(suspended);
    });

    it.each([
      { limit: 0 },
      { limit: 1001 },
      { limit: 1.5 },
      { after: "x" },
      { status: "gone" as "active" },
    ])("refuses the filter %o", async (filter) => {
      await refused(registry.list(filter), "TENANT_INVALID");
    });
  });

  describe("status", () => {
    it("suspends, reactivates and archives, each with a higher version", async () => {
      const { id, version } = await registry.create(newTenant());
      const suspended = await registry.suspend(id);
      expect(suspended).toMatchObject({ id, status: "suspended" });
      expect(await registry.find({ by: "id", value: id })).toEqual(suspended);
      const active = await registry.reactivate(id);
      expect(active.status).toBe("active");
      const archived = await registry.archive(id);
      expect(archived.status).toBe("archived");
      expect(await registry.find({ by: "slug", value: archived.slug })).toEqual(archived);
      const versions = [version, suspended.version, active.version, archived.version];
      expect(new Set(versions).size).toBe(4);
      expect(versions).toEqual([...versions].sort((a, b) => a - b));
    });

    it("leaves a tenant as it is that has the status already", async () => {
      const created = await registry.create(newTenant());
      expect(await registry.reactivate(created.id)).toEqual(created);
      const suspended = await registry.suspend(created.id);
      expect(await registry.suspend(created.id)).toEqual(suspended);
      const archived = await registry.archive(created.id);
      expect(await registry.archive(created.id)).toEqual(archived);
    });

    it("gives a later change of any tenant the higher version", async () => {
      const first = await registry.create(newTenant());
      const second = await registry.create(newTenant());
      const changed = await registry.suspend(first.id);
      expect(second.version).toBeGreaterThan(first.version);
      expect(changed.version).toBeGreaterThan(second.version);
    });

    it("neither suspends nor reactivates an archived tenant", async () => {
      const { id } = await registry.create(newTenant());
      await registry.archive(id);
      await refused(registry.suspend(id), "TENANT_CONFLICT");
      await refused(registry.reactivate(id), "TENANT_CONFLICT");
    });

    it.each(["unknown", "malformed"])("says that an %s tenant is not there", async (kind) => {
      const id = kind === "unknown" ? newUuid() : "' or true --";
      await refused(registry.suspend(id), "TENANT_NOT_FOUND");
      await refused(registry.reactivate(id), "TENANT_NOT_FOUND");
      await refused(registry.archive(id), "TENANT_NOT_FOUND");
    });

    it("comes to one of the two where suspending and reactivating meet", async () => {
      const { id } = await registry.create(newTenant());
      const changes = Array.from({ length: 10 }, (_, i) =>
        i % 2 === 0 ? registry.suspend(id) : registry.reactivate(id),
      );
      const outcomes = await Promise.all(changes);
      const last = outcomes.reduce((a, b) => (b.version > a.version ? b : a));
      expect(await registry.find({ by: "id", value: id })).toEqual(last);
    });
  });

  describe("domains", () => {
    it("resolves a domain once it is verified, and no more once it is removed", async () => {
      const tenant = await registry.create(newTenant());
      const host = newHost();
      const added = await registry.addDomain(tenant.id, host);
      expect(added).toMatchObject({ host, tenantId: tenant.id, verifiedAt: null });
      expect(added.verificationToken.length).toBeGreaterThanOrEqual(32);
      expect(await registry.find({ by: "domain", value: host })).toBeNull();

      const verified = await registry.verifyDomain(tenant.id, host);
      expect(verified).toMatchObject({ ...added, verifiedAt: expect.any(Date) });
      expect(Math.abs(verified.verifiedAt!.getTime() - Date.now())).toBeLessThan(60_000);
      const found = await registry.find({ by: "domain", value: host });
      expect(found?.id).toBe(tenant.id);

      await registry.removeDomain(tenant.id, host);
      expect(await registry.find({ by: "domain", value: host })).toBeNull();
      expect(await registry.domains(tenant.id)).toEqual([]);
    });

    it("raises the tenant's version with every change of its domains", async () => {
      const { id, version } = await registry.create(newTenant());
      const host = newHost();
      const versions = [version];
      const note = async () =>
        versions.push((await registry.find({ by: "id", value: id }))?.version ?? 0);
      await registry.addDomain(id, host).then(note);
      await registry.verifyDomain(id, host).then(note);
      await registry.removeDomain(id, host).then(note);
      expect(versions).toEqual([...new Set(versions)].sort((a, b) => a - b));
      expect(versions).toHaveLength(4);
    });

    it("changes nothing where a domain is added or verified again", async () => {
      const { id } = await registry.create(newTenant());
      const host = newHost();
      const added = await registry.addDomain(id, host);
      expect(await registry.addDomain(id, host)).toEqual(added);
      const verified = await registry.verifyDomain(id, host);
      const before = await registry.find({ by: "id", value: id });
      expect(await registry.verifyDomain(id, host)).toEqual(verified);
      expect(await registry.addDomain(id, host)).toEqual(verified);
      expect(await registry.find({ by: "id", value: id })).toEqual(before);
    });

    it("lets many claim a host and one have it", async () => {
      const [a, b] = [await registry.create(newTenant()), await registry.create(newTenant())];
      const host = newHost();
      const claims = [await registry.addDomain(a.id, host), await registry.addDomain(b.id, host)];
      expect(claims[0]!.verificationToken).not.toBe(claims[1]!.verificationToken);
      await registry.verifyDomain(b.id, host);
      await refused(registry.verifyDomain(a.id, host), "DOMAIN_CONFLICT");
      expect((await registry.find({ by: "domain", value: host }))?.id).toBe(b.id);
      const c = await registry.create(newTenant());
      await refused(registry.addDomain(c.id, host), "DOMAIN_CONFLICT");

      await registry.removeDomain(b.id, host);
      await registry.verifyDomain(a.id, host);
      expect((await registry.find({ by: "domain", value: host }))?.id).toBe(a.id);
    });

    it("lets one of many who verify the same host at once have it", async () => {
      const host = newHost();
      const tenants = await Promise.all(
        Array.from({ length: 6 }, () => registry.create(newTenant())),
      );
      for (const { id } of tenants) await registry.addDomain(id, host);
      const outcomes = await Promise.allSettled(
        tenants.map(({ id }) => registry.verifyDomain(id, host)),
      );
      const failures = outcomes.filter((outcome) => outcome.status === "rejected");
      expect(failures).toHaveLength(5);
      for (const { reason } of failures) expect(reason).toMatchObject({ code: "DOMAIN_CONFLICT" });
    });

    it("lists a tenant's own domains by name", async () => {
      const [a, b] = [await registry.create(newTenant()), await registry.create(newTenant())];
      const hosts = [`b.${newHost()}`, `a.${newHost()}`, `c.${newHost()}`];
      for (const host of hosts) await registry.addDomain(a.id, host);
      await registry.addDomain(b.id, newHost());
      const listed = await registry.domains(a.id);
      expect(listed.map(({ host }) => host)).toEqual([...hosts].sort());
      expect(await registry.domains(newUuid())).toEqual([]);
      expect(await registry.domains("malformed")).toEqual([]);
    });

    it.each([
      "localhost",
      "Shop.example.org",
      "shop.example.org.",
      "shop.example.org:443",
      "https://shop.example.org",
      "*.example.org",
      "192.0.2.1",
      "0x7f.1",
      "münchen.de",
      "xn--a.de",
      "co.uk",
      "github.io",
      "example.ck",
      "app.example.com",
      "evil.app.example.com",
      "",
    ])("refuses the domain %s", async (host) => {
      const { id } = await registry.create(newTenant());
      await refused(registry.addDomain(id, host), "DOMAIN_INVALID");
      expect(await registry.domains(id)).toEqual([]);
    });

    it("takes what only looks like one of the app's own names", async () => {
      const { id } = await registry.create(newTenant());
      await registry.addDomain(id, `${unique("my")}app.example.com`);
      await registry.addDomain(id, `${unique("shop")}.github.io`);
      await registry.addDomain(id, `${unique("shop")}.xn--mnchen-3ya.de`);
      expect(await registry.domains(id)).toHaveLength(3);
    });

    it("says that a domain or its tenant is not there", async () => {
      const { id } = await registry.create(newTenant());
      const host = newHost();
      await refused(registry.addDomain(newUuid(), host), "TENANT_NOT_FOUND");
      await refused(registry.addDomain("malformed", host), "TENANT_NOT_FOUND");
      await refused(registry.verifyDomain(id, host), "DOMAIN_NOT_FOUND");
      await refused(registry.verifyDomain(newUuid(), host), "DOMAIN_NOT_FOUND");
      await refused(registry.removeDomain(id, host), "DOMAIN_NOT_FOUND");
      await refused(registry.removeDomain("malformed", host), "DOMAIN_NOT_FOUND");
      await refused(registry.removeDomain(id, "not a host"), "DOMAIN_NOT_FOUND");
    });

    it("does not let one tenant verify or remove what another claimed", async () => {
      const [a, b] = [await registry.create(newTenant()), await registry.create(newTenant())];
      const host = newHost();
      await registry.addDomain(a.id, host);
      await refused(registry.verifyDomain(b.id, host), "DOMAIN_NOT_FOUND");
      await refused(registry.removeDomain(b.id, host), "DOMAIN_NOT_FOUND");
      expect(await registry.domains(a.id)).toHaveLength(1);
    });

    it("gives an archived tenant no domains, but lets it lose them", async () => {
      const { id } = await registry.create(newTenant());
      const [host, unverified] = [newHost(), newHost()];
      await registry.addDomain(id, host);
      await registry.addDomain(id, unverified);
      await registry.verifyDomain(id, host);
      await registry.archive(id);
      await refused(registry.addDomain(id, newHost()), "TENANT_CONFLICT");
      await refused(registry.verifyDomain(id, unverified), "TENANT_CONFLICT");
      expect((await registry.find({ by: "domain", value: host }))?.status).toBe("archived");
      await registry.removeDomain(id, host);
      expect(await registry.find({ by: "domain", value: host })).toBeNull();
    });

    it("gives a tenant 100 domains and no more", async () => {
      const { id } = await registry.create(newTenant());
      const base = newHost();
      for (let i = 0; i < 97; i += 1) await registry.addDomain(id, `d${i}.${base}`);
      const outcomes = await Promise.allSettled(
        Array.from({ length: 6 }, (_, i) => registry.addDomain(id, `e${i}.${base}`)),
      );
      expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(3);
      await refused(registry.addDomain(id, `f.${base}`), "DOMAIN_LIMIT");
      expect(await registry.domains(id)).toHaveLength(100);
      expect(await registry.addDomain(id, `d0.${base}`)).toMatchObject({ host: `d0.${base}` });
    });
  });
}

async function everyTenant(registry: TenantRegistry) {
  const all = [];
  for (let after: string | undefined; ; after = all.at(-1)?.id) {
    const page = await registry.list({ limit: 7, ...(after !== undefined && { after }) });
    if (page.length === 0) return all;
    all.push(...page);
  }
}
