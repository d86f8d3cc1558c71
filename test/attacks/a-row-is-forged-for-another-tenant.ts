import { learned, setConfigs, type Answer, type Attack } from "./support/attack.js";

/** Without the flip the twin refuses it as well; with it, it takes it. */
export const attack: Attack = {
  title: "A row is forged for another tenant",
  stoppedBy: ["42501", "22P02"],
  fire: async (target) => {
    const { run, note, comment, logPartition, b } = target;
    const written = (answer: Answer) => ("error" in answer ? answer : learned);
    const loot = [
      written(await run(`insert into ${note} (id, body, tenant_id) values (77, 'forged', '${b}')`)),
      written(
        await run(
          `insert into ${comment} (id, note_id, body, tenant_id) values (77, 11, 'forged', '${b}')`,
        ),
      ),
      written(
        await run(
          `insert into ${note} (id, body, tenant_id) select 78, 'forged', '${b}' returning body`,
        ),
      ),
    ];
    for (const flip of setConfigs(target)) {
      loot.push(
        written(
          await run(`insert into ${note} (id, body, tenant_id) values (79, ${flip}, '${b}')`),
        ),
        written(
          await run(
            `insert into ${logPartition} (region, body, tenant_id) values (1, ${flip}, '${b}')`,
          ),
        ),
      );
    }
    return loot;
  },
};
