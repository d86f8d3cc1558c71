import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { codeIn, codeOf, failureOf } from "../database/support/outcome.js";
import type { Stage } from "../database/support/stage.js";
import { describeOnServers } from "../support/servers.js";
import type { OpenOrm, OrmHost } from "./orm/host.js";
import { runMixedFlows } from "./orm/mixed-flows.js";
import { createOrmStage, refill, switchRowSecurityOff, titlesOf } from "./orm/stage.js";

export interface OrmLayers {
  readonly extension: boolean;
  readonly rowSecurity: boolean;
}

const layers: readonly (OrmLayers & { readonly title: string })[] = [
  { title: "with the extension and row security", extension: true, rowSecurity: true },
  { title: "with the extension, row security off", extension: true, rowSecurity: false },
  { title: "without the extension", extension: false, rowSecurity: true },
];

/** What every ORM on the scoped pool must do, with both layers and with each alone. */
export function ormConformance(host: OrmHost): void {
  describeOnServers(`${host.name} on the scoped pool`, (server) => {
    describe.each(layers)("$title", (given) => {
      let stage: Stage;
      let orm: OpenOrm;
      beforeAll(async () => {
        stage = await createOrmStage(server);
        if (!given.rowSecurity) await switchRowSecurityOff(stage);
        orm = await host.open(stage.tenantry.db, given);
      });
      afterAll(() => stage?.close());
      beforeEach(() => refill(stage));

      cases(() => ({ stage, orm }), given);
    });
  });
}

const own = ["a-project-1", "a-project-2", "a-project-3"];
const others = ["b-project-1", "b-project-2", "b-project-3"];
/** How an ORM may wrap an error of the database or of Tenantry. */
const codesOf = (error: unknown): string[] =>
  error instanceof Error ? [codeIn(error), ...codesOf(error.cause)] : [];

/** A case of those layers only: no skip, for with others there is nothing to try. */
const caseIf = (applies: boolean): ((title: string, test: () => Promise<void>) => void) =>
  applies ? it : () => undefined;

function cases(
  running: () => { readonly stage: Stage; readonly orm: OpenOrm },
  { extension, rowSecurity }: OrmLayers,
): void {
  const asA = <T>(work: (orm: OpenOrm) => Promise<T>): Promise<T> => {
    const { stage, orm } = running();
    // A query that is sent only when it is awaited must be awaited inside.
    return stage.asA(async () => await work(orm));
  };
  const unharmed = async () => {
    const { stage } = running();
    expect(await titlesOf(stage, stage.b.id)).toEqual(others);
  };
  const refusal = async (work: (orm: OpenOrm) => Promise<unknown>) =>
    codesOf(await failureOf(() => asA(work)));

  it("finds by id the tenant's own row, where another tenant has the same id", async () => {
    expect(await asA((orm) => orm.findById(1))).toEqual({ id: 1, title: "a-project-1" });
    expect(await asA((orm) => orm.findById(99))).toBeNull();
  });

  it("lists and counts the tenant's rows", async () => {
    expect((await asA((orm) => orm.list())).map(({ title }) => title)).toEqual(own);
    expect(await asA((orm) => orm.count())).toBe(3);
  });

  it("fills the tenant on one row and on many", async () => {
    const { stage } = running();
    const made = await asA((orm) => orm.create({ id: 4, title: "new" }));
    expect(made).toEqual({ id: 4, title: "new", tenant_id: stage.a.id });
    const many = [5, 6].map((id) => ({ id, title: `many-${id}` }));
    expect(await asA((orm) => orm.createMany(many))).toBe(2);
    expect(await titlesOf(stage, stage.a.id)).toEqual([...own, "new", "many-5", "many-6"]);
    await unharmed();
  });

  it("creates or changes by a conflict of keys inside the tenant only", async () => {
    const { stage } = running();
    await asA((orm) => orm.upsert({ id: 1, title: "changed" }));
    await asA((orm) => orm.upsert({ id: 4, title: "new" }));
    expect(await titlesOf(stage, stage.a.id)).toEqual(["changed", ...own.slice(1), "new"]);
    await unharmed();
  });

  it("changes and removes by id the tenant's own row", async () => {
    const { stage } = running();
    expect(await asA((orm) => orm.rename(1, "changed"))).toBe(1);
    expect(await asA((orm) => orm.remove(2))).toBe(1);
    expect(await titlesOf(stage, stage.a.id)).toEqual(["changed", "a-project-3"]);
    await unharmed();
  });

  it("changes and removes blindly the tenant's rows and no others", async () => {
    expect(await asA((orm) => orm.renameAll("x"))).toBe(3);
    await unharmed();
    expect(await asA((orm) => orm.removeAll())).toBe(3);
    await unharmed();
  });

  it("reads relations, joins and sub-selects of the tenant alone", async () => {
    expect(await asA((orm) => orm.withTasks(1))).toEqual({
      id: 1,
      title: "a-project-1",
      tasks: [1, 2].map((id) => ({ id, title: `a-task-${id}` })),
    });
    expect((await asA((orm) => orm.joined())).sort()).toEqual([
      "a-project-1/a-task-1",
      "a-project-1/a-task-2",
      "a-project-2/",
      "a-project-3/",
    ]);
    expect(await asA((orm) => orm.titlesAmongTasks())).toEqual(["a-project-1"]);
  });

  it("writes nested rows of the tenant", async () => {
    const { stage } = running();
    const task = { id: 10, title: "nested task" };
    await asA((orm) => orm.createWithTasks({ id: 10, title: "nested" }, [task]));
    expect(
      await stage.admin("select tenant_id, project_id, title from task where id = 10"),
    ).toEqual([{ tenant_id: stage.a.id, project_id: 10, title: "nested task" }]);
  });

  it("answers a batch with the tenant's rows", async () => {
    const [one, all] = await asA((orm) => orm.batch(1));
    expect(one?.title).toBe("a-project-1");
    expect(all.map(({ title }) => title)).toEqual(own);
  });

  caseIf(rowSecurity)("runs raw SQL under the tenant's scope", async () => {
    expect(await asA((orm) => orm.raw())).toEqual(own);
  });

  caseIf(!rowSecurity)("hands raw SQL that is named as such to the database as it is", async () => {
    expect(await asA((orm) => orm.raw())).toEqual([...own, ...others]);
  });

  caseIf(extension)("refuses raw SQL without a name, and tables in no list", async () => {
    expect(await refusal((orm) => orm.unnamedRaw())).toContain("STATEMENT_REFUSED");
    expect(await refusal((orm) => orm.readUnlisted())).toContain("STATEMENT_REFUSED");
  });

  it("commits a transaction, and undoes one that fails", async () => {
    const { stage } = running();
    await asA((orm) =>
      orm.transaction(async (tx) => {
        await tx.create({ id: 4, title: "kept" });
        expect(await tx.count()).toBe(4);
      }, "serializable"),
    );
    const undone = asA((orm) =>
      orm.transaction(async (tx) => {
        await tx.renameAll("undone");
        throw new Error("undo");
      }),
    );
    await expect(undone).rejects.toThrow("undo");
    expect(await titlesOf(stage, stage.a.id)).toEqual([...own, "kept"]);
    await unharmed();
  });

  it("undoes to a savepoint, and keeps what one released", async () => {
    const { stage } = running();
    await asA((orm) =>
      orm.transaction(async (tx) => {
        await tx.savepoint((inner) => inner.create({ id: 4, title: "kept" }));
        const undone = tx.savepoint(async (inner) => {
          await inner.create({ id: 5, title: "undone" });
          throw new Error("undo");
        });
        await expect(undone).rejects.toThrow("undo");
      }),
    );
    expect(await titlesOf(stage, stage.a.id)).toEqual([...own, "kept"]);
  });

  it("forges no row and moves none", async () => {
    const { stage } = running();
    for (const work of [
      (orm: OpenOrm) => orm.forge({ id: 9, title: "forged" }, stage.b.id),
      (orm: OpenOrm) => orm.move(1, stage.b.id),
    ]) {
      const codes = await refusal(work);
      expect(codes).toContain(extension ? "STATEMENT_REFUSED" : "42501");
    }
    expect(await titlesOf(stage, stage.a.id)).toEqual(own);
    await unharmed();
  });

  it("never widens a filter by undefined beyond the tenant, and with the extension not at all", async () => {
    const find = () => asA((orm) => orm.findByUndefined());
    const remove = () => asA((orm) => orm.removeByUndefined());
    if (extension) {
      expect(codesOf(await failureOf(find))).toContain("STATEMENT_REFUSED");
      expect(codesOf(await failureOf(remove))).toContain("STATEMENT_REFUSED");
      const { stage } = running();
      expect(await titlesOf(stage, stage.a.id)).toEqual(own);
    } else {
      expect(own).toEqual(expect.arrayContaining((await find()).map(({ title }) => title)));
      await remove();
    }
    await unharmed();
  });

  it("has no rows without a scope", async () => {
    const { orm } = running();
    expect(codesOf(await failureOf(() => orm.list()))).toContain("SCOPE_REQUIRED");
  });

  it("leaves the pool healthy after errors of the database", async () => {
    for (let i = 0; i < 12; i++) expect(await refusal((orm) => orm.fail())).toContain("22012");
    const failed = asA((orm) => orm.transaction((tx) => tx.create({ id: 1, title: "taken" })));
    expect(codesOf(await failureOf(() => failed))).toContain("23505");
    const { stage } = running();
    expect(stage.tenantry.db.totalCount).toBeGreaterThan(0);
    expect(stage.tenantry.db.idleCount).toBe(stage.tenantry.db.totalCount);
    expect(await asA((orm) => orm.count())).toBe(3);
  });

  it("mixes nothing up in 60 concurrent flows of two tenants", async () => {
    const { stage, orm } = running();
    const mixUps = await runMixedFlows(stage, orm, 60);
    expect(mixUps).toEqual([]);
  });

  it("serves no tenant by a scope that was left", async () => {
    const { stage, orm } = running();
    const kept = stage.asA(() => async () => await orm.list());
    expect((await stage.asB(kept)).map(({ title }) => title)).toEqual(others);
    expect(await codeOf(async () => stage.asA(() => stage.asB(kept)))).toBe("SCOPE_NESTED");
  });
}
