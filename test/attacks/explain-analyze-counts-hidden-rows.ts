import { learned, type Attack } from "./support/attack.js";

export const attack: Attack = {
  title: "EXPLAIN ANALYZE counts hidden rows",
  onlyThroughTenantry:
    "PostgreSQL says how many rows a policy removed wherever it has read them; the operator's answer is not to let EXPLAIN ANALYZE through",
  fire: async (target) => {
    const loot: unknown[] = [];
    for (const explain of [
      "explain analyze",
      "explain (analyze, costs off)",
      "explain (costs off, analyze)",
      `explain /* ${"x".repeat(300)} */ analyze`,
      "explain analyze verbose",
    ]) {
      await target.session(async (run) => {
        await run("set local enable_indexscan = off");
        await run("set local enable_bitmapscan = off");
        const answer = await run(`${explain} select * from ${target.note}`);
        loot.push(/Rows Removed by Filter: [1-9]/.test(JSON.stringify(answer)) ? learned : answer);
      });
    }
    return loot;
  },
};
