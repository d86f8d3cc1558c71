import type pg from "pg";
import type { Rows } from "../../database/support/stage.js";
import type { Arena } from "./arena.js";
import { aimAt, type TargetKind } from "./targets.js";

const nothing = { title: "looks around", fire: () => Promise.resolve(null) };

/** How many notes there are to be seen this way. */
export async function looksAround(kind: TargetKind, arena: Arena, app: pg.Client): Promise<Rows> {
  const { run, note } = aimAt(kind, nothing, arena, app);
  const answer = await run(`select count(*)::int as n from ${note}`);
  return "rows" in answer ? answer.rows : [answer];
}
