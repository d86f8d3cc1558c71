import { setConfigs, tellsApart, type Attack } from "./support/attack.js";

/** A seal that is refused must be refused alike, whatever B has: else it is an oracle. */
export const attack: Attack = {
  title: "A forged seal tells by its refusal whether another tenant's row exists",
  notOnTheTwin: "it shows the row itself",
  stoppedBy: ["22P02"],
  fire: async (target) => {
    const { note, session } = target;
    const loot: unknown[] = [];
    for (const flip of setConfigs(target)) {
      await session(async (run) => {
        await run("select set_config('enable_seqscan', 'off', true)");
        const count = (condition: string) =>
          run(`select t.n from (select ${flip} as x offset 0) s,
          lateral (select count(*) as n from ${note} where ${condition} and s.x is not null) t`);
        loot.push(
          tellsApart(await count("id = 11"), await count("id = 99")),
          tellsApart(
            await count("body >= 'b' and body < 'c'"),
            await count("body >= 'x' and body < 'y'"),
          ),
          tellsApart(await count("email = 'canary' || '11@b.example'"), await count("email = 'x'")),
          tellsApart(await count("body like 'b%'"), await count("body like 'x%'")),
        );
      });
    }
    return loot;
  },
};
