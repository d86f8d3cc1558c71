import DataLoader from "dataloader";
import { inArray } from "drizzle-orm";
import { perScope } from "tenantry";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDrizzle } from "../conformance/orm/drizzle-host.js";
import { project } from "../conformance/orm/drizzle-tables.js";
import { openKysely } from "../conformance/orm/kysely-host.js";
import { createOrmStage, refill } from "../conformance/orm/stage.js";
import { codeIn } from "../database/support/outcome.js";
import type { Stage } from "../database/support/stage.js";
import { embeddedServer, suiteTitle } from "../support/servers.js";

type Load = (ids: readonly number[]) => Promise<readonly { id: number; title: string }[]>;

const server = embeddedServer();

/**
 * A loader that is made once collects the keys of many requests into one batch, and runs it in the
 * context of whoever asked first; what it has cached it gives to all.
 */
describe(suiteTitle("a DataLoader that outlives its request", server), () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await createOrmStage(server);
    await refill(stage);
  });
  afterAll(() => stage?.close());

  const ways: readonly (readonly [string, (extension: boolean) => Load])[] = [
    [
      "Kysely",
      (extension) => {
        const db = openKysely(stage.tenantry.db, extension);
        return (ids) =>
          db.selectFrom("project").select(["id", "title"]).where("id", "in", ids).execute();
      },
    ],
    [
      "Drizzle",
      (extension) => {
        const db = openDrizzle(stage.tenantry.db, extension);
        const columns = { id: project.id, title: project.title };
        return async (ids) =>
          await db
            .select(columns)
            .from(project)
            .where(inArray(project.id, [...ids]));
      },
    ],
  ];
  const loaderOver = (load: Load, cache: boolean) =>
    new DataLoader<number, string>(
      async (ids) => {
        const rows = await load(ids);
        return ids.map((id) => rows.find((row) => row.id === id)?.title ?? new Error("missing"));
      },
      { cache },
    );

  describe.each([true, false])("with the extension: %s", (extension) => {
    it.each(ways)(
      "reads one tenant's rows in a batch of two, whatever it hands on: %s",
      async (_, open) => {
        const batches: string[][] = [];
        const load = open(extension);
        const loader = loaderOver(async (ids) => {
          const rows = await load(ids);
          batches.push(rows.map(({ title }) => title.slice(0, 1)));
          return rows;
        }, false);
        await Promise.allSettled([
          stage.asA(() => loader.load(1)),
          stage.asB(() => loader.load(2)),
          stage.asA(() => loader.load(3)),
        ]);
        expect(batches.length).toBeGreaterThan(0);
        for (const batch of batches) expect(new Set(batch).size).toBe(1);
      },
    );

    it.each(ways)(
      "gives each tenant its own where each request makes its own: %s",
      async (_, open) => {
        const load = open(extension);
        const request = (id: number) => loaderOver(load, true).load(id);
        const seen = await Promise.all(
          Array.from({ length: 60 }, (_each, i) =>
            (i % 2 === 0 ? stage.asA : stage.asB)(async () => await request(1 + (i % 3))),
          ),
        );
        expect(seen).toEqual(
          seen.map((_each, i) => `${i % 2 === 0 ? "a" : "b"}-project-${1 + (i % 3)}`),
        );
      },
    );

    it.each(ways)(
      "has no rows for a batch that runs outside of any request: %s",
      async (_, open) => {
        const failed = loaderOver(open(extension), false).load(1);
        const error = await failed.catch((reason: Error) => reason);
        const codes = [codeIn(error), codeIn((error as Error).cause ?? {})];
        expect(codes).toContain("SCOPE_REQUIRED");
      },
    );
  });

  it("gives each tenant its own where it is kept per scope", async () => {
    const loader = perScope(() => loaderOver(ways[0]![1](false), true));
    const seen = await Promise.all([
      stage.asA(async () => await loader().load(1)),
      stage.asB(async () => await loader().load(1)),
    ]);
    expect(seen).toEqual(["a-project-1", "b-project-1"]);
  });

  it("hands a row of one tenant to the other from its own cache, which is why it must not outlive", async () => {
    const loader = loaderOver(ways[0]![1](true), true);
    await stage.asA(async () => await loader.load(1));
    expect(await stage.asB(async () => await loader.load(1))).toBe("a-project-1");
  });
});
