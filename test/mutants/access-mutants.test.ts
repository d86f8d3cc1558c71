import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as IdentityModule from "../../src/identity/index.js";
import {
  openIdentitySite,
  siteOptions,
  type IdentitySite,
} from "../identity/support/identity-site.js";
import { embeddedServer, suiteTitle } from "../support/servers.js";
import { accessMutants } from "./access-mutants.js";
import { accessProbes, type AccessCopy } from "./access-probes.js";
import { openSourceCopies, type Changes, type SourceCopies } from "./source-copy.js";
import { severalTries } from "./several-tries.js";

const server = embeddedServer();

describe(suiteTitle("identity with something wrong in it", server), () => {
  let site: IdentitySite;
  let copies: SourceCopies;

  beforeAll(async () => {
    site = await openIdentitySite(server);
    copies = await openSourceCopies([
      ...["core", "resolver", "registry", "database", "limits", "identity"],
    ]);
  });
  afterAll(async () => {
    await site?.close();
    await copies?.remove();
  });

  /** A probe that throws has noticed, too. */
  async function passes(name: string, file?: string, changes?: Changes): Promise<unknown> {
    const { createIdentity } =
      file === undefined
        ? IdentityModule
        : await (
            await copies.copy(file, changes)
          )<typeof IdentityModule>("identity/index.ts");
    const { test, outbox, tenantry } = site;
    const made = { tenants: tenantry.tenants, test, outbox, onEvent: () => undefined };
    const identity = createIdentity(siteOptions(made)) as AccessCopy["identity"];
    try {
      return await accessProbes[name]!({ identity, site });
    } catch (error) {
      return String(error);
    } finally {
      await identity.close();
    }
  }

  it.each(Object.keys(accessProbes))(
    "has nothing wrong for the probe %s until it is mutated",
    async (name) => {
      expect(await passes(name)).toBe(true);
    },
  );

  it.each(accessMutants.map((mutant) => [mutant.name, mutant.killedBy, mutant] as const))(
    "is found out: %s (by %s)",
    severalTries,
    async (_, killedBy, { file, changes }) => {
      expect(await passes(killedBy, file, changes)).not.toBe(true);
    },
  );
});

it("names each mutant of access once, and all of them in the README", () => {
  const names = accessMutants.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  const readme = readFileSync(join(import.meta.dirname, "README.md"), "utf8");
  expect(
    accessMutants.filter(({ name, killedBy }) => !readme.includes(`- ${name} — \`${killedBy}\``)),
  ).toEqual([]);
});
