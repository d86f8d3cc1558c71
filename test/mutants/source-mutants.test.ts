import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type * as TenantryModule from "../../src/tenantry.js";
import { fromHost } from "../../src/resolver/host/from-host.js";
import type { Tenantry } from "../../src/tenantry.js";
import { createStage, type Stage } from "../database/support/stage.js";
import type { WireTap } from "../database/support/wire-tap.js";
import { embeddedServer, suiteTitle } from "../support/servers.js";
import { sourceMutants } from "./source-mutants.js";
import { planted, sourceProbes, tapFor, type Copy } from "./source-probes.js";

const repository = resolve(import.meta.dirname, "../..");
const server = embeddedServer();

describe(suiteTitle("a pool with something wrong in it", server), () => {
  let stage: Stage;
  let tap: WireTap;
  /** Inside the repository, so that the dependencies are found. */
  let folder: string;
  const opened: Tenantry[] = [];
  let copies = 0;
  let sound: Copy;

  beforeAll(async () => {
    stage = await createStage(server, {
      schema:
        "create table note (id integer primary key, body text); select tenantry.protect('note')",
    });
    tap = await tapFor(stage);
    await mkdir(join(repository, ".tenantry"), { recursive: true });
    folder = await mkdtemp(join(repository, ".tenantry", "mutants-"));
    sound = await copy();
  });
  afterAll(async () => {
    await stage?.close();
    await tap?.close();
    await rm(folder, { recursive: true, force: true });
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

  async function copy(
    file?: string,
    changes: readonly (readonly [string, string])[] = [],
  ): Promise<Copy> {
    const source = join(folder, `${(copies += 1)}`);
    await cp(join(repository, "src"), source, {
      recursive: true,
      filter: (path) => !/\.(test|test-support)\.ts$/.test(path),
    });
    if (file !== undefined) {
      let text = await readFile(join(source, file), "utf8");
      for (const [find, replacement] of changes) {
        // A mutant that no longer fits would survive without having been tried.
        expect([find, text.split(find).length - 1]).toEqual([find, 1]);
        text = text.replace(find, () => replacement);
      }
      await writeFile(join(source, file), text);
    }
    const module = async <T>(name: string) => (await import(join(source, name))) as T;
    const { createTenantry } = await module<typeof TenantryModule>("tenantry.ts");
    return {
      stage,
      tap,
      seal: await module("core/seal/seal.ts"),
      keyRing: await module("core/seal/key-ring.ts"),
      context: await module("core/context.ts"),
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
