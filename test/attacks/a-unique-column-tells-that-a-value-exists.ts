import { tellsApart, type Attack } from "./support/attack.js";

export const attack: Attack = {
  title: "A unique column tells that another tenant has a value",
  stoppedBy: ["23505"],
  fire: async ({ run, note }) => {
    const take = (host: string) =>
      run(`update ${note} set email = 'can' || 'ary11@${host}' where id = 1`);
    return tellsApart(await take("b.example"), await take("nowhere.example"));
  },
};
