import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openIdentityFixture, type IdentityFixture } from "../identity/support/identity-fixture.js";
import { embeddedServer, suiteTitle } from "../support/servers.js";
import { accountMutants } from "./account-mutants.js";
import { apiKeyMutants } from "./api-key-mutants.js";
import { memberMutants } from "./member-mutants.js";
import { accountProbes } from "./account-probes.js";
import { apiKeyProbes } from "./api-key-probes.js";
import { invitationProbes } from "./invitation-probes.js";
import { memberProbes } from "./member-probes.js";
import {
  copiedParts,
  importCode,
  sharedParts,
  worldOf,
  type IdentityWorld,
} from "./identity-world.js";
import { ownTenantMutants } from "./own-tenant-mutants.js";
import { ownTenantProbes } from "./own-tenant-probes.js";
import { openSourceCopies, type SourceCopies } from "./source-copy.js";
import { severalTries } from "./several-tries.js";

const server = embeddedServer();
const mutants = [...accountMutants, ...memberMutants, ...apiKeyMutants, ...ownTenantMutants];
const probes = {
  ...accountProbes,
  ...memberProbes,
  ...invitationProbes,
  ...apiKeyProbes,
  ...ownTenantProbes,
};

describe(suiteTitle("identity with something wrong in it", server), () => {
  let fixture: IdentityFixture;
  /** Without row security. */
  let bare: IdentityFixture;
  let copies: SourceCopies;
  beforeAll(async () => {
    fixture = await openIdentityFixture(server);
    bare = await openIdentityFixture(server);
    await bare.admin(
      `do $$ declare target regclass; begin
         for target in select oid from pg_class where relnamespace = 'tenantry'::regnamespace and relrowsecurity loop
           execute format('alter table %s disable row level security', target);
         end loop;
       end $$`,
    );
    copies = await openSourceCopies([...copiedParts, ...sharedParts]);
  });
  afterAll(async () => {
    await fixture?.close();
    await bare?.close();
    await copies?.remove();
  });
  const placeOf = (probe: string) => (probe in ownTenantProbes ? bare : fixture);
  /** What the probe noticed, or null. Anything but an expectation that failed is a fault of the mutant. */
  const noticed = (name: string, world: IdentityWorld) =>
    probes[name]!(world).then(
      () => null,
      (error: Error) => {
        if (error.name !== "AssertionError") throw error;
        return error.message;
      },
    );

  it.each(Object.keys(probes))(
    "has nothing wrong for the probe %s until it is mutated",
    async (name) => expect(await noticed(name, worldOf(placeOf(name)))).toBeNull(),
  );

  it.each(
    mutants.map(
      ([name, file, find, replacement, killedBy]) =>
        [name, killedBy, file, find, replacement] as const,
    ),
  )("is found out: %s (by %s)", severalTries, async (_, killedBy, file, find, replacement) => {
    const copy = await copies.copy(`identity/${file}`, [[find, replacement]]);
    const code = await importCode(copy, file);
    expect(await noticed(killedBy, worldOf(placeOf(killedBy), code))).not.toBeNull();
  });
});

it("names each mutant of identity once, and all of them in the README", () => {
  const names = mutants.map(([name]) => name);
  expect(new Set(names).size).toBe(names.length);
  const readme = readFileSync(join(import.meta.dirname, "README.md"), "utf8");
  const lines = mutants.map(([name, , , , killedBy]) => `- ${name} — \`${killedBy}\``);
  expect(lines.filter((line) => !readme.includes(line))).toEqual([]);
});
