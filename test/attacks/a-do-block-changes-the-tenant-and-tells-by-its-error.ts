import { setConfigs, type Attack } from "./support/attack.js";

export const attack: Attack = {
  title: "A DO block changes the tenant and tells by its error",
  stoppedBy: ["P0001", "22P02"],
  fire: async (target) => {
    const { run, note } = target;
    const loot = [];
    for (const flip of setConfigs(target)) {
      loot.push(
        await run(`do $$ begin perform ${flip};
          raise exception '%', (select string_agg(body, ',') from ${note}); end $$`),
        await run(`/**/ do $$ begin perform ${flip};
          raise notice '%', (select string_agg(body, ',') from ${note}); end $$`),
      );
    }
    return loot;
  },
};
