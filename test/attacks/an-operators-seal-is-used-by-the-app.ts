import { quote, type Attack } from "./support/attack.js";

export const attack: Attack = {
  title: "An operator's seal is used by the app role",
  notOnTheTwin: "it knows no operators",
  stoppedBy: ["42501", "22P02"],
  fire: async (target) => {
    const { note, claims } = target;
    const operators = claims.filter(({ what }) => what.includes("operator"));
    const scopes = [null, ...claims.map(({ value }) => value)];
    const loot: unknown[] = [];
    for (const begins of [true, false]) {
      for (const operator of operators) {
        for (const scope of scopes) {
          await target.session(async (run) => {
            const value = quote(operator.value);
            loot.push(
              await run(
                begins
                  ? `select tenantry.begin_operator(${value}, 'ada', 'x')`
                  : `select set_config('tenantry.operator', ${value}, true)`,
              ),
            );
            if (scope !== null) {
              loot.push(await run(`select set_config('tenantry.scope', ${quote(scope)}, true)`));
            }
            loot.push(await run(`select body from ${note}`));
            loot.push(await run(`update ${note} set email = null`));
          });
        }
      }
    }
    loot.push(await target.run("delete from tenantry.operator_record"));
    return loot;
  },
};
