import { learned, tellsApart, type Attack } from "./support/attack.js";

export const attack: Attack = {
  title: "A foreign key points into another tenant, and tells what is there",
  stoppedBy: ["23503"],
  fire: async ({ run, comment }) => {
    const insert = (id: number, noteId: number) =>
      run(`insert into ${comment} (id, note_id, body, tenant_id)
        select ${id}, ${noteId}, 'x', tenant_id from ${comment} where id = 1`);
    const [there, absent] = [await insert(70, 11), await insert(71, 99)];
    return [tellsApart(there, absent), "error" in there ? "refused" : learned];
  },
};
