import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { TestServer } from "../../support/servers.js";
import { createArena, type Arena, type Layers } from "./arena.js";
import { outcomeOf } from "./cases.js";
import { concurrencyCases } from "./concurrency-cases.js";
import { extensionCases } from "./extension-cases.js";
import { readCases } from "./read-cases.js";
import { scopeCases } from "./scope-cases.js";
import { transactionCases } from "./transaction-cases.js";
import { writeCases } from "./write-cases.js";

/** What holds of Prisma on the scoped pool with either layer, and with both. */
export function prismaConformance(server: TestServer, layers: Layers): void {
  let arena: Arena;
  beforeAll(async () => {
    arena = await createArena(server, layers);
  });
  afterAll(() => arena?.close());
  beforeEach(() => arena.reset());

  const cases = [
    ...readCases,
    ...writeCases,
    ...transactionCases,
    ...(layers.extension ? extensionCases : []),
  ];
  it.each(cases.map((one) => [one.name, one] as const))("%s", async (_, one) => {
    const { stage, prisma } = arena;
    const before = await arena.contents(stage.b.id);
    expect(await outcomeOf(arena, one, prisma)).toEqual(one.gives);
    expect(await arena.contents(stage.b.id)).toBe(before);
    // Whatever happened, the next one is served.
    expect(await stage.asA(async () => prisma.customer.count({ where: { id: 1 } }))).toBe(1);
    expect(stage.events.filter(({ type }) => type === "connection.destroyed")).toEqual([]);
  });

  scopeCases(() => arena);
  concurrencyCases(() => arena);
}
