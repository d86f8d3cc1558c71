import { learned, setConfigs, type Answer, type Attack } from "./support/attack.js";

export const attack: Attack = {
  title: "A row is moved to another tenant",
  stoppedBy: ["42501", "22P02", "23503", "23505"],
  fire: async (target) => {
    const { run, note, log, b } = target;
    const moved = (answer: Answer) =>
      "error" in answer || answer.rows.length === 0 ? answer : learned;
    const loot = [
      moved(await run(`update ${note} set tenant_id = '${b}' where id = 2 returning 1`)),
      moved(await run(`update ${note} set tenant_id = '${b}', id = 99 returning 1`)),
    ];
    for (const flip of setConfigs(target)) {
      loot.push(
        moved(
          await run(
            `update ${note} set tenant_id = '${b}', email = ${flip} where id = 3 returning 1`,
          ),
        ),
      );
      // Without a column read, only the check of new rows stands in the way.
      loot.push(await run(`update ${log} set tenant_id = '${b}', body = ${flip}`));
    }
    return loot;
  },
};
