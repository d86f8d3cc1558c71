import { expect, it } from "vitest";
import { keepScopesApart } from "tenantry/prisma";
import { codeIn } from "../../database/support/outcome.js";
import type { Arena } from "./arena.js";
import { own, idsOf } from "./cases.js";
import type { Transacting } from "./client.js";
import { oneTurn } from "./concurrency-cases.js";

/** What an operation fails with: Tenantry's code, Prisma's, or its text. */
const failure = (work: Promise<unknown>) =>
  work.then(
    (given) => `given ${JSON.stringify(given)}`,
    (error: unknown) => codeIn(error),
  );

export function scopeCases(arena: () => Arena): void {
  it("sends nothing without a scope", async () => {
    const { prisma } = arena();
    expect(await failure(prisma.project.findMany())).toBe("SCOPE_REQUIRED");
    expect(await failure(prisma.$transaction([prisma.project.count()]))).toBe("SCOPE_REQUIRED");
    expect(await failure(prisma.$transaction((tx) => tx.project.count()))).toBe("SCOPE_REQUIRED");
  });

  it("works for the scope that awaits, since Prisma sends nothing before", async () => {
    const { stage, prisma } = arena();
    const pending = stage.asA(() => prisma.project.findFirst({ orderBy: { id: "asc" } }));
    const given = await stage.asB(async () => pending);
    expect(given).toMatchObject({ tenantId: stage.b.id, name: "canary-project-1" });
  });

  it("serves a transaction to no other scope, and to none after it", async () => {
    const { stage, prisma } = arena();
    let kept: Transacting | undefined;
    const seen: string[] = [];
    await stage.asA(async () =>
      prisma.$transaction(async (tx) => {
        kept = tx;
        await tx.project.count();
        seen.push(
          await failure(
            stage.tenantry.run(stage.scopeB, () => tx.project.count().then(), { nested: true }),
          ),
        );
        return tx.project.count();
      }),
    );
    expect(seen).toEqual(["SCOPE_CHANGED"]);
    expect(await failure(stage.asA(async () => kept!.project.count()))).toBe("P2028");
    expect(await failure(stage.asB(async () => kept!.project.count()))).toBe("P2028");
  });

  it("keeps what several tenants ask in one turn apart", async () => {
    for (let i = 0; i < 10; i++) expect(await oneTurn(arena(), arena().prisma)).toBe(true);
  });

  it("would mix them up without keepScopesApart", async () => {
    const current = arena();
    const { stage } = current;
    const bare = current.bare();
    const ids = idsOf(current);
    const ask = async () => {
      const one = (tenantId: string) =>
        bare.project.findUnique({ where: { tenantId_id: { tenantId, id: 1 } } });
      return Promise.all([
        stage.asA(async () => one(ids.own)),
        stage.asB(async () => one(ids.foreign)),
        stage.asB(async () => one(ids.own)),
      ]);
    };
    await ask();
    const leaked = await ask();
    expect(leaked[2]).toMatchObject({ tenantId: ids.own });
    keepScopesApart(bare);
    const apart = await ask();
    if (current.layers.rowSecurity) {
      expect(apart.map((row) => row?.["tenantId"])).toEqual([ids.own, ids.foreign, undefined]);
    }
  });

  it("answers a failed statement with Prisma's own error, and goes on", async () => {
    const current = arena();
    const { stage, prisma } = current;
    await stage.asA(async () => {
      const twice = prisma.project.create({ data: { id: 1, name: "twice" } });
      expect(await failure(twice)).toBe("P2002");
      const missing = prisma.task.create({ data: { id: 9, title: "x", projectId: 99 } });
      expect(await failure(missing)).toBe("P2003");
      expect(await prisma.project.count()).toBe(3);
      const where = own(idsOf(current), 1);
      expect(await prisma.project.findUnique({ where })).toMatchObject({ id: 1 });
    });
    expect(stage.tenantry.db.waitingCount).toBe(0);
  });
}
