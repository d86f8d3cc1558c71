import type { Attack } from "./support/attack.js";

export const attack: Attack = {
  title: "Row security is switched off",
  notOnTheTwin: "PostgreSQL refuses the query then, under any policy",
  stoppedBy: ["42501"],
  fire: async (target) => {
    const loot: unknown[] = [];
    await target.session(async (run) => {
      loot.push(await run("select set_config('row_security', 'off', true)"));
      loot.push(await run(`select body from ${target.note}`));
    });
    loot.push(
      await target.run(
        `select body from (select set_config('row_security', 'off', true) offset 0) s, ${target.note}`,
      ),
    );
    return loot;
  },
};
