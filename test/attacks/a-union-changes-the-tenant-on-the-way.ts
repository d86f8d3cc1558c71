import { setConfigs, type Attack } from "./support/attack.js";

export const attack: Attack = {
  title: "A UNION changes the tenant on the way",
  stoppedBy: ["22P02"],
  fire: async (target) => {
    const { run, note, b } = target;
    const loot = [];
    for (const flip of setConfigs(target)) {
      loot.push(
        await run(`select body from ${note} where id = -1
          union all select ${flip} union all select body from ${note}`),
        await run(`select body from ${note} where id = -1
          union all select ${flip} union all select body from ${note} where tenant_id = '${b}'`),
        await run(
          `select body from ${note} union all select ${flip} union all select body from ${note}`,
        ),
      );
    }
    return loot;
  },
};
