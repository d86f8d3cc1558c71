import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createIdentityHandler } from "tenantry/identity";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type * as HandlerModule from "../../src/http/identity/handler.js";
import { openIdentitySite, type IdentitySite } from "../identity/support/identity-site.js";
import { embeddedServer, suiteTitle } from "../support/servers.js";
import { createKeyRing } from "../../src/core/seal/key-ring.js";
import type * as CredentialsModule from "../../src/identity/access/from-credentials.js";
import type * as AuthorizationModule from "../../src/identity/authorization/index.js";
import type * as ReaderModule from "../../src/identity/request/request-reader.js";
import { identityHttpMutants } from "./identity-http-mutants.js";
import { identityHttpProbes } from "./identity-http-probes.js";
import { openHttpWorld, type Create, type HttpWorld } from "./identity-http-world.js";
import { identityRequestMutants } from "./identity-request-mutants.js";
import { openSourceCopies, type Changes, type SourceCopies } from "./source-copy.js";
import { severalTries } from "./several-tries.js";

const server = embeddedServer();
const below = ["core", "resolver", "registry", "database", "limits"];

describe(suiteTitle("identity over HTTP with something wrong in it", server), () => {
  let site: IdentitySite;
  let worldOf: (create: Create) => HttpWorld;
  let copies: SourceCopies;

  beforeAll(async () => {
    site = await openIdentitySite(server);
    worldOf = await openHttpWorld(site);
    copies = await openSourceCopies([...below, "identity", "http"]);
  });
  afterAll(async () => {
    await site?.close();
    await copies?.remove();
  });

  /** A probe that throws has noticed, too. */
  const passes = async (name: string, create: Create) =>
    identityHttpProbes[name]!(worldOf(create)).catch((error: unknown) => String(error));

  it.each(Object.keys(identityHttpProbes))(
    "has nothing wrong for the probe %s until it is mutated",
    async (name) => {
      expect(await passes(name, createIdentityHandler)).toBe(true);
    },
  );

  it("has nothing wrong until it is mutated", async () => {
    for (const name of Object.keys(identityHttpProbes)) {
      expect([name, await passes(name, createIdentityHandler)]).toEqual([name, true]);
    }
  });

  it.each(identityHttpMutants.map((mutant) => [mutant.name, mutant.killedBy, mutant] as const))(
    "is found out: %s (by %s)",
    severalTries,
    async (_, killedBy, { file, changes }) => {
      const load = await copies.copy(file, changes);
      const { createIdentityHandler: mutated } = await load<typeof HandlerModule>(
        "http/identity/handler.ts",
      );
      expect(await passes(killedBy, mutated)).toBe(false);
    },
  );

  describe("and in what reads a request", () => {
    let parts: SourceCopies;
    beforeAll(async () => {
      parts = await openSourceCopies([...below, "identity"]);
    });
    afterAll(() => parts?.remove());

    async function copyOf(file?: string, changes?: Changes): Promise<Create> {
      const load = await parts.copy(file, changes);
      const { createRequestReader } = await load<typeof ReaderModule>(
        "identity/request/request-reader.ts",
      );
      const { fromCredentials } = await load<typeof CredentialsModule>(
        "identity/access/from-credentials.ts",
      );
      const { createSignInTransactions } = await load<typeof AuthorizationModule>(
        "identity/authorization/index.ts",
      );
      const keys = createKeyRing(site.test.secret);
      const { hosts, tenants, events } = site.identity;
      const credentials = fromCredentials(site.identity, { required: true });
      const requests = createRequestReader({
        hosts,
        tenants,
        keys,
        events,
        trustedProxies: [],
        credentials,
      });
      const changed = { requests, signIns: createSignInTransactions({ keys }) };
      return (identity, options) => createIdentityHandler({ ...identity, ...changed }, options);
    }

    it("nothing, where it is a copy", async () => {
      const copied = await copyOf();
      for (const name of Object.keys(identityHttpProbes)) {
        expect([name, await passes(name, copied)]).toEqual([name, true]);
      }
    });

    it.each(
      identityRequestMutants.map((mutant) => [mutant.name, mutant.killedBy, mutant] as const),
    )("is found out: %s (by %s)", severalTries, async (_, killedBy, { file, changes }) => {
      expect(await passes(killedBy, await copyOf(file, changes))).toBe(false);
    });
  });
});

it("names each mutant of identity over HTTP once, and all of them in the README", () => {
  const all = [...identityHttpMutants, ...identityRequestMutants];
  const names = all.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  const readme = readFileSync(join(import.meta.dirname, "README.md"), "utf8");
  expect(
    all.filter(({ name, killedBy }) => !readme.includes(`- ${name} — \`${killedBy}\``)),
  ).toEqual([]);
});
