import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import type { Tenant } from "../../core/tenant.js";
import { isTenantryError } from "../../core/tenantry-error.js";
import {
  createMemoryRegistry,
  type MemoryRegistry,
} from "../../registry/memory/memory-registry.js";
import { hostileRedirectUris, targetsOfAcme } from "./hostile.test-support.js";
import {
  createRedirectTargets,
  type RedirectTargetOptions,
  type RedirectTargets,
} from "./redirect-target.js";

const { baseDomain, path, host, uri, customUri } = targetsOfAcme;

let registry: MemoryRegistry;
let acme: Tenant;
let targets: RedirectTargets;

const open = (options: Partial<RedirectTargetOptions> = {}) =>
  createRedirectTargets({ tenants: registry, hosts: { baseDomain }, ...options });

beforeEach(async () => {
  registry = createMemoryRegistry({ ownDomains: [baseDomain, "auth.example.com"] });
  acme = await registry.create({ slug: "acme", name: "Acme" });
  await registry.create({ slug: "beta", name: "Beta" });
  await registry.addDomain(acme.id, "www.acme.test");
  await registry.verifyDomain(acme.id, "www.acme.test");
  await registry.addDomain(acme.id, "claimed.acme.test");
  acme = (await registry.find({ by: "id", value: acme.id }))!;
  targets = open();
});

describe("a redirect URI", () => {
  it.each([
    ["under the base domain", uri],
    ["of a verified domain", customUri],
  ])("%s is its tenant's", async (_, redirectUri) => {
    expect(await targets.find(redirectUri)).toEqual({ tenant: acme, redirectUri });
  });

  it.each(hostileRedirectUris)("is nobody's with %s", async (_, redirectUri) => {
    expect(await targets.find(redirectUri)).toBeNull();
  });

  it("is nobody's once the tenant is suspended, and its own again after that", async () => {
    await registry.suspend(acme.id);
    expect(await targets.find(uri)).toBeNull();
    expect(await targets.find(customUri)).toBeNull();
    await registry.reactivate(acme.id);
    expect((await targets.find(uri))?.tenant.id).toBe(acme.id);
  });

  it("is nobody's once the domain is removed", async () => {
    await registry.removeDomain(acme.id, "www.acme.test");
    expect(await targets.find(customUri)).toBeNull();
  });

  it("is not known where the registry cannot be asked", async () => {
    const away = open({ tenants: { find: () => Promise.reject(new Error("away")) } });
    await expect(away.find(uri)).rejects.toThrow("away");
  });

  it("has the path that was configured", async () => {
    const other = open({ callbackPath: "/signed-in" });
    expect(await other.find(uri)).toBeNull();
    expect(await other.find(`https://${host}/signed-in`)).not.toBeNull();
  });

  it("is under the base domain alone where custom domains are off, and reserved names stay so", async () => {
    const hosts = { baseDomain, customDomains: false, stripPrefixes: ["acme"], reserved: ["beta"] };
    const narrow = open({ hosts });
    for (const one of [customUri, uri, `https://beta.${baseDomain}${path}`]) {
      expect(await narrow.find(one)).toBeNull();
    }
  });
});

describe("a redirect URI of localhost", () => {
  it("may do without TLS, on any port, where that is allowed", async () => {
    const hosts = { baseDomain: ["localhost", baseDomain] };
    const local = open({ hosts, allowInsecureLocalhost: true });
    for (const one of ["http://acme.localhost:3000", "http://acme.localhost"]) {
      expect((await local.find(one + path))?.tenant.id).toBe(acme.id);
    }
    for (const one of [
      `http://acme.${baseDomain}`,
      `https://acme.${baseDomain}:3000`,
      "http://acme.localhost:80",
      "http://localhost:3000",
      "http://127.0.0.1:3000",
      "http://acme.evillocalhost:3000",
      "http://acme.localhost.evil.test:3000",
      "ftp://acme.localhost",
    ]) {
      expect([one, await local.find(one + path)]).toEqual([one, null]);
    }
  });

  it("may not where it is not", async () => {
    const strict = open({ hosts: { baseDomain: "localhost" } });
    expect(await strict.find(`http://acme.localhost${path}`)).toBeNull();
    expect(await strict.find(`https://acme.localhost:3000${path}`)).toBeNull();
    expect(await strict.find(`https://acme.localhost${path}`)).not.toBeNull();
  });
});

describe("of all texts", () => {
  const piece = fc.constantFrom(
    ...[
      "https:",
      "http:",
      "//",
      "/",
      "\\",
      "acme",
      "beta",
      ".",
      "app.example.com",
      "www.acme.test",
    ],
    ...["@", ":443", ":", "%2e", "%2f", "%00", "\t", "\n", "\r", " ", "\0", "?", "#", "..", "ACME"],
    ...["/auth/callback", "/auth", "callback", "\u3002", "\uff0e", "\uff41", "xn--", "evil.test"],
  );
  const pieces = fc.array(piece, { maxLength: 8 }).map((all) => all.join(""));
  const edited = fc
    .tuple(fc.constantFrom(uri, customUri), fc.nat({ max: 60 }), fc.nat({ max: 3 }), pieces)
    .map(([text, at, length, put]) => text.slice(0, at) + put + text.slice(at + length));
  const anything = fc.oneof(pieces, edited, fc.string({ unit: "binary" }), fc.webUrl());

  it("the ones that are taken are exactly those that we would write", async () => {
    const known = [uri, customUri, `https://beta.${baseDomain}${path}`];
    await fc.assert(
      fc.asyncProperty(anything, async (text) => {
        const target = await targets.find(text);
        const slug = text.includes("beta") ? "beta" : "acme";
        const wanted = known.includes(text) ? [slug, text] : null;
        expect(target && [target.tenant.slug, target.redirectUri]).toEqual(wanted);
      }),
      { numRuns: 20_000 },
    );
  });
});

describe("the path of callbacks", () => {
  it.each(["", "/", "auth", "//evil.test", "/a?b", "/a#b", "/a/../b", "/a b", "/ü", "/a\\b"])(
    "cannot be %j",
    (callbackPath) => {
      expect(() => open({ callbackPath })).toThrow(
        expect.toSatisfy((error) => isTenantryError(error, "CONFIG_INVALID")),
      );
    },
  );
});
