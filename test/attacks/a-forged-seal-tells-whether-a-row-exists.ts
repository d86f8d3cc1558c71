import { setConfigs, tellsApart, type Attack, type Target } from "./support/attack.js";

/** Settings to switch off: first so that indexes are used, then so that none is. */
const waysToScan = [["enable_seqscan"], ["enable_indexscan", "enable_bitmapscan"]];

/** A seal that is refused must be refused alike, whatever B has: else it is an oracle. */
export const attack: Attack = {
  title: "A forged seal tells by its refusal whether another tenant's row exists",
  notOnTheTwin: "it shows the row itself",
  stoppedBy: ["22P02"],
  fire: async (target) => {
    const loot: unknown[] = [];
    for (const flip of setConfigs(target)) {
      for (const off of waysToScan) {
        await target.session(async (run) => {
          for (const setting of off) await run(`select set_config('${setting}', 'off', true)`);
          loot.push(await ask(run, target.note, flip));
        });
      }
    }
    return loot;
  },
};

/** Asks for what B has and for what nobody has, in turn. */
async function ask(run: Target["run"], note: string, flip: string): Promise<string[]> {
  const count = (condition: string) =>
    run(`select t.n from (select ${flip} as x offset 0) s,
      lateral (select count(*) as n from ${note} where ${condition} and s.x is not null) t`);
  const pairs = [
    ["id = 11", "id = 99"],
    ["id between 10 and 12", "id between 97 and 99"],
    ["body >= 'b' and body < 'c'", "body >= 'x' and body < 'y'"],
    ["body like 'b%'", "body like 'x%'"],
    ["email = 'canary' || '11@b.example'", "email = 'x'"],
  ] as const;
  const learnt: string[] = [];
  for (const [has, lacks] of pairs) learnt.push(tellsApart(await count(has), await count(lacks)));
  return learnt;
}
