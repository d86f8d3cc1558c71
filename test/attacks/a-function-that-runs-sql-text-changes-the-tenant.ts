import { quote, setConfigs, type Attack } from "./support/attack.js";

export const attack: Attack = {
  title: "A function that runs SQL text changes the tenant",
  stoppedBy: ["22P02"],
  fire: async (target) => {
    const { run, note } = target;
    const loot = [];
    for (const flip of setConfigs(target)) {
      const hidden = `replace(${quote(`select ${flip.replace("set_config", "set_XXX")}`)}, 'XXX', 'config')`;
      loot.push(
        await run(`select query_to_xml(${hidden}, true, true, '')::text,
          query_to_xml('select body from ${note}', true, true, '')::text`),
      );
    }
    return loot;
  },
};
