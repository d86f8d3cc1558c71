import type { Attack } from "./support/attack.js";

export const attack: Attack = {
  title: "A tenant's id in another spelling is taken for it",
  stoppedBy: ["22P02"],
  fire: async (target) => {
    const { session, note, setting, b } = target;
    const loot: unknown[] = [];
    for (const spelt of [b, b.toUpperCase(), `{${b}}`, b.replaceAll("-", ""), ` ${b}`, `${b} `]) {
      for (const value of [spelt, `t1.00000000.9999999999.${spelt}..${"0".repeat(64)}`]) {
        await session(async (run) => {
          loot.push(await run(`select set_config('${setting}', '${value}', true)`));
          loot.push(await run(`select body from ${note}`));
        });
      }
    }
    return loot;
  },
};
