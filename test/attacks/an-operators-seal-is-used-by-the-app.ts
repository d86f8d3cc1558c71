import { quote, type Attack } from "./support/attack.js";

export const attack: Attack = {
  title: "An operator's seal is used by the app role",
  notOnTheTwin: "it knows no operators",
  stoppedBy: ["42501"],
  fire: async (target) => {
    const { note, claims } = target;
    const loot: unknown[] = [];
    for (const { value } of claims) {
      for (const scope of ["", null]) {
        await target.session(async (run) => {
          loot.push(await run(`select tenantry.begin_operator(${quote(value)}, 'ada', 'x')`));
          loot.push(await run(`select set_config('tenantry.operator', ${quote(value)}, true)`));
          if (scope !== null) loot.push(await run(`select set_config('tenantry.scope', '', true)`));
          loot.push(
            await run("insert into tenantry.operator_record (actor, reason) values ('a', 'b')"),
          );
          loot.push(await run(`select body from ${note}`));
          loot.push(await run(`update ${note} set email = null`));
        });
      }
    }
    return loot;
  },
};
