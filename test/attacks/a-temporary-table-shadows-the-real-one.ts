import { learned, type Attack } from "./support/attack.js";

export const attack: Attack = {
  title: "A temporary table or another schema shadows the real one",
  notOnTheTwin: "the right to temporary tables is the database's, not a table's",
  stoppedBy: ["42501", "42P01", "3F000", "42704", "42883", "42P13", "42710"],
  fire: async (target) => {
    const loot: unknown[] = [];
    const name = target.note.split(".")[1]!;
    for (const change of [
      `create temporary table ${name} (id int, body text, tenant_id uuid)`,
      `create temp view ${name} as select 1 as id`,
      `create table pg_temp.${name} (id int)`,
      `select 1 as id into temp ${name}`,
      `create function pg_temp.mine() returns int language sql return 1`,
      `create domain pg_temp.uuid as text`,
    ]) {
      await target.session(async (run) => {
        const answer = await run(change);
        loot.push("error" in answer ? answer : learned);
      });
    }
    await target.session(async (run) => {
      for (const path of [
        "pg_temp",
        "pg_temp, pg_catalog",
        "weak, pg_catalog, public",
        "",
        "tenantry",
      ]) {
        loot.push(await run(`select set_config('search_path', '${path}', true)`));
        loot.push(await run(`select body from ${target.note}`));
      }
    });
    return loot;
  },
};
