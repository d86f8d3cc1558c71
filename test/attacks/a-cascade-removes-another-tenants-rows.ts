import type { Attack } from "./support/attack.js";

/** B's comment hangs on note 1: on A's in the twin, where a note has one id for all. */
export const attack: Attack = {
  title: "A cascade removes another tenant's rows",
  fire: ({ run, note }) => run(`delete from ${note} where id = 1`),
};
