import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type * as TenantryModule from "../../src/tenantry.js";
import { fromHost } from "../../src/resolver/host/from-host.js";
import type { Tenantry } from "../../src/tenantry.js";
import { createStage, type Stage } from "../database/support/stage.js";
import type { WireTap } from "../database/support/wire-tap.js";
import { embeddedServer, suiteTitle } from "../support/servers.js";
import { openSourceCopies, type Changes, type SourceCopies } from "./source-copy.js";
import { sourceMutants } from "./source-mutants.js";
import { planted, sourceProbes, tapFor, type Copy } from "./source-probes.js";
import { severalTries } from "./several-tries.js";

const server = embeddedServer();

describe(suiteTitle("a pool with something wrong in it", server), () => {
  let stage: Stage;
  let tap: WireTap;
  let copies: SourceCopies;
  const opened: Tenantry[] = [];
  let sound: Copy;

  beforeAll(async () => {
    stage = await createStage(server, {
      schema:
        "create table note (id integer primary key, body text); select tenantry.protect('note')",
    });
    tap = await tapFor(stage);
    copies = await openSourceCopies();
    sound = await copy();
  });
  afterAll(async () => {
    await stage?.close();
    await tap?.close();
    await copies?.remove();
  });
  beforeEach(async () => {
    await stage.admin("truncate note");
    await stage.admin("insert into note select i, 'a', $1 from generate_series(1, 3) i", [
      stage.a.id,
    ]);
    await stage.admin("insert into note select i, 'b', $1 from generate_series(1, 5) i", [
      stage.b.id,
    ]);
    planted.on = false;
    tap.reset();
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((app) => app.close()));
  });

  async function copy(file?: string, changes?: Changes): Promise<Copy> {
    const module = await copies.copy(file, changes);
    const { createTenantry } = await module<typeof TenantryModule>("tenantry.ts");
    return {
      stage,
      tap,
      seal: await module("core/seal/seal.ts"),
      keyRing: await module("core/seal/key-ring.ts"),
      context: await module("core/context.ts"),
      perScope: await module("core/per-scope.ts"),
      open(options = {}) {
        const app = createTenantry({
          database: {
            url: tap.url,
            listenUrl: stage.database.appUrl,
            maxConnections: 1,
            ...options,
          },
          operatorDatabase: stage.database.operatorUrl,
          resolve: [fromHost({ baseDomain: "app.example.com" })],
          secret: stage.database.secret,
          onEvent: () => undefined,
        });
        opened.push(app);
        return app;
      },
    };
  }
  /** A probe that throws has noticed, too. */
  const passes = (name: string, given: Copy) =>
    sourceProbes[name]!(given).catch((error: unknown) => String(error));

  it.each(Object.keys(sourceProbes))(
    "has nothing wrong for the probe %s until it is mutated",
    async (name) => {
      expect(await passes(name, sound)).toBe(true);
    },
  );

  it.each(sourceMutants.map((mutant) => [mutant.name, mutant.killedBy, mutant] as const))(
    "is found out: %s (by %s)",
    severalTries,
    async (_, killedBy, { file, changes }) => {
      expect(await passes(killedBy, await copy(file, changes))).not.toBe(true);
    },
  );
});

it("names each mutant of the pool once, and all of them in the README", () => {
  const names = sourceMutants.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  const readme = readFileSync(join(import.meta.dirname, "README.md"), "utf8");
  expect(names.filter((name) => !readme.includes(`- ${name} — \``))).toEqual([]);
});
