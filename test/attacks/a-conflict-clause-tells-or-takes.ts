import { tellsApart, type Attack } from "./support/attack.js";

export const attack: Attack = {
  title: "ON CONFLICT tells of another tenant's row, or takes it",
  stoppedBy: ["23505", "42501", "22P02"],
  fire: async ({ run, note }) => {
    const insert = (id: number, conflict: string) =>
      run(`insert into ${note} (id, body, tenant_id)
        select ${id}, 'x', tenant_id from ${note} where id = 1 on conflict ${conflict} returning id`);
    const loot: unknown[] = [];
    for (const conflict of [
      "do nothing",
      `on constraint note_pkey do update set body = excluded.body`,
      `on constraint note_pkey do update set body = excluded.body where ${note.split(".")[1]!}.body::int > 0`,
    ]) {
      const [there, absent] = [await insert(11, conflict), await insert(99, conflict)];
      loot.push(there, tellsApart(there, absent));
    }
    return loot;
  },
};
