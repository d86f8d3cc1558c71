import { tellsApart, type Attack } from "./support/attack.js";

export const attack: Attack = {
  title: "A primary key tells that another tenant's row exists",
  stoppedBy: ["23505"],
  fire: async ({ run, note }) => {
    const insert = (id: number) =>
      run(
        `insert into ${note} (id, body, tenant_id) select ${id}, 'x', tenant_id from ${note} where id = 1`,
      );
    return tellsApart(await insert(11), await insert(99));
  },
};
