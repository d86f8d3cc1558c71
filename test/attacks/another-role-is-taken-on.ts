import type { Attack } from "./support/attack.js";

export const attack: Attack = {
  title: "Another role is taken on",
  notOnTheTwin: "the app's login has no other role to take on, whatever the table",
  stoppedBy: ["42501", "22023"],
  fire: async (target) => {
    const loot: unknown[] = [];
    for (const role of [
      "tenantry_owner",
      "tenantry_operator",
      "postgres",
      "none",
      "tenantry_app",
    ]) {
      await target.session(async (run) => {
        loot.push(await run(`select set_config('role', '${role}', true)`));
        loot.push(await run(`select body from ${target.note}`));
        loot.push(await run(`alter table ${target.note} no force row level security`));
        loot.push(await run(`select body from ${target.note}`));
        loot.push(await run(`select inner_pad from tenantry.seal_key`));
      });
      loot.push(await target.run(`select set_config('session_authorization', '${role}', true)`));
    }
    return loot;
  },
};
