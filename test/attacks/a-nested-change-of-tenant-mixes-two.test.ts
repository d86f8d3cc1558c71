import { afterAll, beforeAll, expect, it } from "vitest";
import { codeOf } from "../database/support/outcome.js";
import { describeOnServers } from "../support/servers.js";
import { createArena, type Arena } from "./support/arena.js";

describeOnServers("a change of tenant inside another tenant's work", (server) => {
  let arena: Arena;

  beforeAll(async () => {
    arena = await createArena(server);
  });
  afterAll(() => arena?.close());

  const text = "select min(tenant_id::text) as tenant, max(tenant_id::text) as other from note";
  const whose = async () => {
    const { rows } = await arena.tenantry.db.query(text);
    return [rows[0]?.["tenant"], rows[0]?.["other"]];
  };
  const ofA = () => [arena.a.id, arena.a.id];
  const ofB = () => [arena.b.id, arena.b.id];

  it("is refused where it is not meant", async () => {
    const { tenantry } = arena;
    await arena.asA(async () => {
      expect(await codeOf(async () => tenantry.run(arena.scopeB, whose))).toBe("SCOPE_NESTED");
      expect(await codeOf(() => tenantry.enter(arena.b, { reason: "x" }, whose))).toBe(
        "SCOPE_NESTED",
      );
      expect(await whose()).toEqual(ofA());
    });
  });

  it("has a connection of its own where it is meant, and leaves the outer one alone", async () => {
    const app = arena.open({ maxConnections: 2 });
    await app
      .run(arena.scopeA, () =>
        app.db.transaction(async (tx) => {
          await tx.query("insert into note (id, body) values (50, 'x')");
          const inner = await app.run(arena.scopeB, () => app.db.query(text), { nested: true });
          expect(Object.values(inner.rows[0]!)).toEqual(ofB());
          expect(Object.values((await tx.query(text)).rows[0]!)).toEqual(ofA());
          throw new Error("undo");
        }),
      )
      .catch(() => undefined);
    expect(await arena.asA(whose)).toEqual(ofA());
  });

  it("cannot use the outer tenant's transaction or connection", async () => {
    const app = arena.open({ maxConnections: 2 });
    await app.run(arena.scopeA, () =>
      app.db.transaction(async (tx) => {
        await tx.query(text);
        const nested = () => app.run(arena.scopeB, () => tx.query(text), { nested: true });
        expect(await codeOf(nested)).toBe("SCOPE_CHANGED");
      }),
    );
  });

  it("does not mix where many go on at once, each within the other", async () => {
    const app = arena.open({ maxConnections: 4 });
    const inTurn = async (i: number): Promise<void> => {
      const [outer, inner] = i % 2 ? [arena.scopeA, arena.scopeB] : [arena.scopeB, arena.scopeA];
      await app.run(outer, async () => {
        const before = await app.db.query(text);
        const nested = await app.run(inner, () => app.db.query(text), { nested: true });
        const after = await app.db.query(text);
        expect([before, nested, after].map(({ rows }) => Object.values(rows[0]!))).toEqual(
          [outer, inner, outer].map((scope) => [scope.tenant.id, scope.tenant.id]),
        );
      });
    };
    await Promise.all(Array.from({ length: 100 }, (_, i) => inTurn(i)));
  });
});
