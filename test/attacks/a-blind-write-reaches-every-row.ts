import type { Attack } from "./support/attack.js";

export const attack: Attack = {
  title: "A blind UPDATE or DELETE reaches every row",
  notOnTheTwin: "it too has row security for every command",
  stoppedBy: ["42501"],
  fire: async ({ run, note, comment, b }) => [
    await run(`update ${note} set email = null`),
    await run(`update ${note} set email = null where tenant_id = '${b}' returning body`),
    await run(`update ${comment} set body = '' where true`),
    await run(`delete from ${comment}`),
    await run(`delete from ${note} where id = 11 or true returning body`),
    await run(`with gone as (delete from ${note} returning body) select * from gone`),
    await run(
      `merge into ${note} n using (values (1)) v on true when matched then update set email = null`,
    ),
  ],
};
