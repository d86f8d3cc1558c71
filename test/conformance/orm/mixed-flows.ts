import type { Stage } from "../../database/support/stage.js";
import type { OpenOrm, OrmWork } from "./host.js";

/** Runs `flows` of two tenants at once, each of every kind of work: what it saw that was not its own. */
export async function runMixedFlows(stage: Stage, orm: OpenOrm, flows: number): Promise<string[]> {
  const mixUps: string[] = [];
  async function flow(number: number): Promise<void> {
    const [tenant, letter] = number % 2 === 0 ? [stage.a, "a"] : [stage.b, "b"];
    const look = (where: string, titles: readonly string[]): void => {
      if (titles.length === 0) mixUps.push(`${where}: nothing for ${letter}`);
      for (const title of titles) {
        if (!title.startsWith(`${letter}-`)) mixUps.push(`${where}: ${title} for ${letter}`);
      }
    };
    const read = async (work: OrmWork): Promise<void> => {
      look(
        "list",
        (await work.list()).map(({ title }) => title),
      );
      look("findById", [(await work.findById(1))?.title ?? "missing"]);
      look("withTasks", (await work.withTasks(1))?.tasks.map(({ title }) => title) ?? ["missing"]);
    };
    const id = 100 + number;
    await read(orm);
    const made = await orm.create({ id, title: `${letter}-made` });
    if (made.tenant_id !== tenant.id) mixUps.push(`create: ${made.tenant_id} for ${tenant.id}`);
    await orm.transaction(async (tx) => {
      await read(tx);
      await tx.rename(id, `${letter}-renamed`);
      await read(tx);
    });
    const undone = orm.transaction(async (tx) => {
      await tx.removeAll();
      throw new Error("undo");
    });
    await undone.catch((error: Error) => {
      if (error.message !== "undo") throw error;
    });
    look("findById", [(await orm.findById(id))?.title ?? "missing"]);
    await orm.fail().catch(() => undefined);
    if ((await orm.remove(id)) !== 1) mixUps.push(`remove: ${id} of ${letter}`);
    await read(orm);
  }
  await Promise.all(
    Array.from({ length: flows }, (_, number) =>
      (number % 2 === 0 ? stage.asA : stage.asB)(() => flow(number)),
    ),
  );
  return mixUps;
}
