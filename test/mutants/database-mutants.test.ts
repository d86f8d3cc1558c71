import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createArena, type Arena } from "../attacks/support/arena.js";
import type { Attack } from "../attacks/support/attack.js";
import { embeddedServer, suiteTitle } from "../support/servers.js";
import { mutants, singleRemovals } from "./mutants.js";
import { probeNamed } from "./probes.js";
import { severalTries } from "./several-tries.js";

const server = embeddedServer();
const attackFolder = join(import.meta.dirname, "../attacks");
const attackNames = readdirSync(attackFolder)
  .filter((name) => /^[a-z-]+\.ts$/.test(name))
  .map((name) => name.slice(0, -3));

/** One server proves what two would: what is tested here is the tests. */
describe(suiteTitle("a guard with something wrong in it", server), () => {
  let arena: Arena;
  let login: string;
  let app: pg.Client;

  beforeEach(async () => {
    arena = await createArena(server, { distinctIds: true });
    // Of its own, since what a mutant does to a login the other test files must not feel.
    login = `${arena.database.name}_app`;
    await arena.admin(`create role ${login} login password 'x' in role tenantry_app`);
    const url = new URL(arena.database.appUrl);
    url.username = login;
    url.password = "x";
    app = new pg.Client(url.href);
    app.on("error", () => undefined);
    await app.connect();
  });
  afterEach(async () => {
    await app.end();
    await arena.admin(
      `reassign owned by ${login} to tenantry_owner; drop owned by ${login}; drop role ${login}`,
    );
    await arena.close();
  });

  const apply = (sql: string) =>
    arena.admin(sql.replaceAll("%login", login).replaceAll("%database", arena.database.name));

  it("has nothing wrong for any of the probes until it is mutated", async () => {
    const found: [string, string | null][] = [];
    for (const name of new Set(mutants.map(({ killedBy }) => killedBy))) {
      const probe = await probeNamed(name);
      found.push([name, await probe(arena, app)]);
    }
    expect(found.filter(([, wrong]) => wrong !== null)).toEqual([]);
  });

  it.each(mutants.map((mutant) => [mutant.name, mutant.killedBy, mutant] as const))(
    "is found out: %s (by %s)",
    severalTries,
    async (_, killedBy, { sql }) => {
      const probe = await probeNamed(killedBy);
      await apply(sql);
      expect(await probe(arena, app)).toEqual(expect.any(String));
    },
  );

  it.each(singleRemovals.map((removal) => [removal.name, removal] as const))(
    "leaks nothing where only one layer is missing: %s",
    async (_, { sql, except = [] }) => {
      await apply(sql);
      const leaks: [string, string | null][] = [];
      for (const name of attackNames) {
        // What a single removal is by itself, the guard's own alteration would find again.
        if (name === "the-guard-is-altered" || except.includes(name)) continue;
        if (!(await holdsInPostgres(name))) continue;
        const wrong = await (await probeNamed(name))(arena, app);
        if (wrong !== null) leaks.push([name, wrong]);
      }
      expect(leaks).toEqual([]);
    },
  );
});

describe("the list of mutants", () => {
  it("has one for every attack that the twin does not suffer from", async () => {
    const killers = new Set(mutants.map(({ killedBy }) => killedBy));
    const unproven = [];
    for (const name of attackNames) {
      const { attack } = (await import(`../attacks/${name}.ts`)) as { attack: Attack };
      if (
        attack.notOnTheTwin !== undefined &&
        attack.onlyThroughTenantry === undefined &&
        !killers.has(name)
      ) {
        unproven.push(name);
      }
    }
    expect(unproven).toEqual([]);
  });

  it("names each of them once, and all of them in the README", () => {
    const names = mutants.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    const readme = readFileSync(join(import.meta.dirname, "README.md"), "utf8");
    expect(names.filter((name) => !readme.includes(`- ${name} — \``))).toEqual([]);
  });
});

async function holdsInPostgres(name: string): Promise<boolean> {
  const { attack } = (await import(`../attacks/${name}.ts`)) as { attack: Attack };
  return attack.onlyThroughTenantry === undefined;
}
