import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type * as PrismaModule from "../../src/database/prisma/index.js";
import { createArena, type Arena } from "../conformance/prisma/arena.js";
import { outcomeOf, type Case } from "../conformance/prisma/cases.js";
import type { Client } from "../conformance/prisma/client.js";
import { oneTurn } from "../conformance/prisma/concurrency-cases.js";
import { extensionCases } from "../conformance/prisma/extension-cases.js";
import { readCases } from "../conformance/prisma/read-cases.js";
import { writeCases } from "../conformance/prisma/write-cases.js";
import { embeddedServer, suiteTitle } from "../support/servers.js";
import { prismaMutants } from "./prisma-mutants.js";
import { openSourceCopies, type Changes, type SourceCopies } from "./source-copy.js";
import { severalTries } from "./several-tries.js";

const server = embeddedServer();
const cases = new Map<string, Case>(
  [...readCases, ...writeCases, ...extensionCases].map((one) => [one.name, one]),
);

describe(suiteTitle("a Prisma extension with something wrong in it", server), () => {
  let arena: Arena;
  /** With row security, which tells in whose scope a statement runs. */
  let guarded: Arena;
  let copies: SourceCopies;

  beforeAll(async () => {
    arena = await createArena(server, { extension: true, rowSecurity: false });
    guarded = await createArena(server, { extension: true, rowSecurity: true });
    copies = await openSourceCopies(["core", "database/prisma"]);
  });
  afterAll(async () => {
    await arena?.close();
    await guarded?.close();
    await copies?.remove();
  });
  beforeEach(() => Promise.all([arena.reset(), guarded.reset()]));

  const arenaOf = (name: string) => (cases.has(name) ? arena : guarded);

  /** A client extended by a copy of the sources, changed. */
  async function extendedBy({ bare }: Arena, file: string, changes: Changes): Promise<Client> {
    const module = await copies.copy(`database/prisma/${file}`, changes);
    const { tenantryPrisma } = await module<typeof PrismaModule>("database/prisma/index.ts");
    const extension = tenantryPrisma({ tenantModels: "all", globalModels: ["Country"] });
    return bare().$extends(extension);
  }

  /** Whether all is as it has to be; what throws has noticed, too. */
  async function holds(name: string, prisma: Client): Promise<unknown> {
    const one = cases.get(name);
    if (one === undefined) return oneTurn(guarded, prisma);
    const { id } = arena.stage.b;
    const before = await arena.contents(id);
    const countries = await arena.stage.admin("select * from country order by code");
    const given = await outcomeOf(arena, one, prisma).catch((error: unknown) => String(error));
    return (
      JSON.stringify(given) === JSON.stringify(one.gives) &&
      (await arena.contents(id)) === before &&
      JSON.stringify(await arena.stage.admin("select * from country order by code")) ===
        JSON.stringify(countries)
    );
  }

  it.each([...new Set(prismaMutants.map(({ killedBy }) => killedBy))])(
    "has nothing wrong for the case that %s, until it is mutated",
    async (name) => {
      expect(await holds(name, arenaOf(name).prisma)).toBe(true);
    },
  );

  it.each(prismaMutants.map((mutant) => [mutant.name, mutant.killedBy, mutant] as const))(
    "is found out: %s (by the case that %s)",
    severalTries,
    async (_, killedBy, { file, changes }) => {
      const mutated = await extendedBy(arenaOf(killedBy), file, changes);
      expect(await holds(killedBy, mutated)).not.toBe(true);
    },
  );
});

it("names each mutant of the Prisma extension once", () => {
  const names = prismaMutants.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});
