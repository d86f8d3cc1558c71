import type { Attack } from "./support/attack.js";

export const attack: Attack = {
  title: "A condition that fails prints a hidden row",
  notOnTheTwin: "conditions run behind any policy",
  stoppedBy: ["22P02", "22012", "42883"],
  fire: async ({ run, note }) => [
    await run(`select id from ${note} where body::int = 0`),
    await run(`select id from ${note} where id = 11 and body::int = 0`),
    await run(`select id from ${note} where id = 11 and 1 / (length(body) - length(body)) = 1`),
    await run(`select count(*) from ${note} n join ${note} m on n.body::int = m.id`),
    await run(`select id from ${note} where body like 'b-' || 'can%' and body::int = 0`),
  ],
};
