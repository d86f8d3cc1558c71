import { learned, type Attack } from "./support/attack.js";

/**
 * What nextval() gives tells the volume all the same, and an insert needs it: ids that must not
 * tell are uuids.
 */
export const attack: Attack = {
  title: "A sequence tells how much others write, or is set",
  stoppedBy: ["42501"],
  fire: async ({ run, sequence }) => {
    const answers = [
      await run(`select last_value from ${sequence}`),
      await run(`select setval('${sequence}', 1000)`),
    ];
    return answers.map((answer) =>
      "rows" in answer && answer.rows.some((row) => Object.values(row)[0] !== null)
        ? learned
        : answer,
    );
  },
};
