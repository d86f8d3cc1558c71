import type { Attack } from "./support/attack.js";

export const attack: Attack = {
  title: "A partition is reached directly",
  fire: async ({ run, logPartition }) => [
    await run(`select body from ${logPartition}`),
    await run(`update ${logPartition} set body = 'x' returning region`),
    await run(`delete from ${logPartition}`),
  ],
};
