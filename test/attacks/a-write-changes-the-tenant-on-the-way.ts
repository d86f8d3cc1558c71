import { setConfigs, type Attack } from "./support/attack.js";

export const attack: Attack = {
  title: "A write changes the tenant on the way and reaches the other tenant's rows",
  stoppedBy: ["22P02", "42501", "23505", "23503"],
  fire: async (target) => {
    const { run, note, b } = target;
    const loot = [];
    for (const flip of setConfigs(target)) {
      const first = `with s as materialized (select ${flip} as x)`;
      loot.push(
        await run(
          `${first} update ${note} n set email = null from s where s.x is not null returning n.body`,
        ),
        await run(`${first}, t as materialized (select id from s, ${note} where s.x is not null)
          update ${note} set email = null from t where ${note}.id = t.id returning body`),
        await run(
          `delete from ${note} where id in (select 11 from (select ${flip} offset 0) s) returning body`,
        ),
        await run(`insert into ${note} (id, body, tenant_id) select 77, ${flip}, '${b}'`),
        await run(
          `merge into ${note} n using (select ${flip} as x) s on s.x is not null when matched then delete`,
        ),
      );
    }
    return loot;
  },
};
