import { setConfigs, type Attack } from "./support/attack.js";

/** Settings that make the server say more than it does by default, all open to any role. */
const talkative = [
  "client_min_messages",
  "debug_print_plan",
  "debug_print_parse",
  "debug_print_rewritten",
  "debug_pretty_print",
];

export const attack: Attack = {
  title: "A plan or a log line that the server prints shows the key or another seal",
  notOnTheTwin: "it has no key",
  stoppedBy: ["42501", "22P02"],
  fire: async (target) => {
    const loot: unknown[] = [];
    await target.session(async (run) => {
      for (const setting of talkative) {
        const value = setting === "client_min_messages" ? "debug5" : "on";
        await run(`select set_config('${setting}', '${value}', true)`);
      }
      loot.push(await run(`select body from ${target.note}`));
      loot.push(await run("select tenantry.current_tenant()"));
      for (const flip of setConfigs(target)) {
        loot.push(await run(`select ${flip}, (select tenantry.current_tenant())`));
      }
      loot.push(await run("select tenantry.operating()"));
      loot.push(await run("select tenantry.find_tenant('x', 'slug', 'beta')"));
    });
    return loot;
  },
};
