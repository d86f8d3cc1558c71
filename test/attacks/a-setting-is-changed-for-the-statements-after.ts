import { setConfigs, type Attack } from "./support/attack.js";

export const attack: Attack = {
  title: "The setting is changed for the statements after it",
  stoppedBy: ["22P02"],
  fire: async (target) => {
    const loot: unknown[] = [];
    for (const isLocal of [true, false]) {
      for (const flip of setConfigs(target, isLocal)) {
        await target.session(async (run) => {
          loot.push(await run(`select ${flip}`), await run(`select body from ${target.note}`));
        });
        loot.push(await target.run(`select body from ${target.note}`));
      }
    }
    return loot;
  },
};
