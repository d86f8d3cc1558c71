import { quote, type Attack } from "./support/attack.js";

export const attack: Attack = {
  title: "The setting is changed by SET LOCAL, SET or RESET",
  stoppedBy: ["22P02", "42601"],
  fire: async (target) => {
    const { setting, claims, note } = target;
    const loot: unknown[] = [];
    for (const { value } of claims) {
      for (const change of [
        `set local ${setting} = ${quote(value)}`,
        `set ${setting} = ${quote(value)}`,
        `set local "${setting}" = ${quote(value)}`,
        `/**/ set/**/session ${setting} to ${quote(value)}`,
      ]) {
        await target.session(async (run) => {
          loot.push(await run(change), await run(`select body from ${note}`));
        });
      }
    }
    return loot;
  },
};
