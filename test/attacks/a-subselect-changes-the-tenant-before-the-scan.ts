import { setConfigs, type Attack } from "./support/attack.js";

export const attack: Attack = {
  title: "A sub-select changes the tenant before the scan",
  stoppedBy: ["22P02"],
  fire: async (target) => {
    const { run, note, comment } = target;
    const loot = [];
    for (const flip of setConfigs(target)) {
      loot.push(
        await run(`select t.body from (select ${flip} as x offset 0) s,
          lateral (select body from ${note} where s.x is not null) t`),
        await run(`with s as materialized (select ${flip} as x)
          select t.body from s cross join lateral (select body from ${note} where s.x is not null offset 0) t`),
        await run(`select (select ${flip}), (select string_agg(body, ',') from ${note})`),
        await run(`select body from ${note} where id in (select length(${flip}) * 0 + 11)`),
        await run(
          `select case when ${flip} is not null then (select string_agg(body, ',') from ${comment}) end`,
        ),
        await run(
          `select body from ${note} where ${flip} is not null union all select body from ${comment}`,
        ),
        await run(`select string_agg(body, ',') from ${note} group by ${flip} order by ${flip}`),
        await run(`select body from ${note} limit (select length(${flip}) + 100)`),
      );
    }
    return loot;
  },
};
