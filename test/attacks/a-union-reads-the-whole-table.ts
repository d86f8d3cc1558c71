import type { Attack } from "./support/attack.js";

export const attack: Attack = {
  title: "A UNION reads the whole table",
  notOnTheTwin: "it too has row security; a UNION alone does not get round it",
  fire: async ({ run, note, b }) => [
    await run(`select body from ${note} where id = 1 union all select body from ${note}`),
    await run(`select body from ${note} where id = -1 or true`),
    await run(`select body from ${note} where tenant_id = '${b}'`),
    await run(`select (select string_agg(n.body, ',') from ${note} n) from ${note}`),
    await run(`select c.body from ${note} n full join ${note} c on true`),
    await run(`table ${note}`),
    await run(`select n::text from ${note} n`),
  ],
};
