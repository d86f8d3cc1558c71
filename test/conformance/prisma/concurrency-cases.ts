import { expect, it } from "vitest";
import type { TenantScope } from "../../../src/core/scope.js";
import { scopeOf } from "../../database/support/stage.js";
import type { Arena } from "./arena.js";
import type { Client } from "./client.js";

const flows = 60;
const tenants = 6;

export function concurrencyCases(arena: () => Arena): void {
  it(`mixes none of ${flows} concurrent flows of ${tenants} tenants up`, async () => {
    const { stage, prisma } = arena();
    const scopes: TenantScope[] = [];
    for (let i = 0; i < tenants; i++) {
      const slug = `flow-${i}-${Math.random().toString(36).slice(2, 8)}`;
      scopes.push(
        await scopeOf(stage.tenantry, await stage.tenantry.tenants.create({ slug, name: slug })),
      );
    }
    const mixedUp = await Promise.all(
      Array.from({ length: flows }, (_, i) => {
        const scope = scopes[i % tenants]!;
        return stage.tenantry.run(scope, async () => flow(prisma, scope.tenant.id, i));
      }),
    );
    expect(mixedUp.flat()).toEqual([]);
    const astray = await stage.admin(
      "select name, tenant_id from project where name like 'flow:%' and name not like 'flow:' || tenant_id || ':%'",
    );
    expect(astray).toEqual([]);
    const [made] = await stage.admin(
      "select count(*)::int as n from project where name like 'flow:%'",
    );
    expect(made).toEqual({ n: flows * 2 });
  });
}

/** One request's work; what it was given of other tenants. The same ids for all of them. */
async function flow(prisma: Client, tenantId: string, number: number): Promise<unknown[]> {
  const id = 1000 + Math.floor(number / tenants) * 10;
  const name = (what: string) => `flow:${tenantId}:${number}:${what}`;
  const where = { tenantId_id: { tenantId, id } };
  await prisma.project.create({
    data: { id, name: name("made"), tasks: { create: { id, title: name("task") } } },
  });
  const seen = await Promise.all([
    prisma.project.findUnique({ where, include: { tasks: true } }),
    prisma.project.findUnique({ where }),
    prisma.task.findMany({ include: { project: true } }),
    prisma.$transaction([
      prisma.project.create({ data: { id: id + 1, name: name("batch") } }),
      prisma.project.findUnique({ where }),
    ]),
    prisma.$transaction(async (tx) => {
      const before = await tx.project.findUniqueOrThrow({ where });
      await tx.project.update({ where, data: { budget: { increment: 1 } } });
      return [before, await Promise.all([tx.project.findUnique({ where }), tx.task.findMany()])];
    }),
  ]);
  return [...strangers(seen, tenantId), ...(seen[0] === null || seen[1] === null ? ["lost"] : [])];
}

/** Every row in a result that bears another tenant's id. */
function strangers(value: unknown, tenantId: string): unknown[] {
  if (Array.isArray(value)) return value.flatMap((item) => strangers(item, tenantId));
  if (typeof value !== "object" || value === null) return [];
  const row = value as Record<string, unknown>;
  const own = row["tenantId"] === undefined || row["tenantId"] === tenantId ? [] : [row];
  return [...own, ...Object.values(row).flatMap((item) => strangers(item, tenantId))];
}

/**
 * Whether several tenants that ask in one turn of the event loop each get their own rows. Which of
 * them was asked for stands in the values that each is given.
 */
export async function oneTurn(arena: Arena, prisma: Client): Promise<boolean> {
  const { stage } = arena;
  const ask = (mine: boolean) => {
    const [tenantId, run, whose] = mine
      ? [stage.a.id, stage.asA, "own"]
      : [stage.b.id, stage.asB, "canary"];
    return run(async () => {
      const where = { tenantId_id: { tenantId, id: 1 } };
      const [one, [two, asked]] = await Promise.all([
        prisma.project.findUnique({ where }),
        prisma.$transaction([
          prisma.project.update({ where, data: { budget: 1 } }),
          prisma.country.findUnique({ where: { code: "NL" }, include: { customers: true } }),
        ]),
      ]);
      const rows = [one, two, asked];
      return (
        rows.every((row) => row !== null) && JSON.stringify(one).includes(`${whose}-project-1`)
      );
    });
  };
  const given = await Promise.all(
    [ask(true), ask(false), ask(true)].map((work) => work.catch(() => false)),
  );
  return given.every(Boolean);
}
