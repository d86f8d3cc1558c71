import { isItem, isWrite, parametersOf } from "../routes/route.js";
import { aimAt } from "../things/aim.js";
import type { Attack } from "./attack.js";
import type { Bout } from "./bout.js";

/**
 * Whether an attack is not to be sent, for it would change what the probe did not make and no id in the
 * path says which that is, as `PUT /settings`. Only a POST makes something new there.
 * @returns why; null where it may be sent
 */
export function shieldFrom({ columns }: Attack, { route, attacker, run }: Bout): string | null {
  if (run.settings.destructive || !isWrite(route) || route.method === "POST") return null;
  // Those that end in an id are judged by the attacks themselves, who know what they aim at.
  if (isItem(route.template) || columns.includes("by id")) return null;
  // Of such a path the errors are asked for with ids that nothing has.
  if (columns.includes("errors") && parametersOf(route.template).length > 0) return null;
  const aim = aimAt(route, attacker, run.things);
  if (typeof aim !== "string" && aim.target?.made === true) return null;
  return "it would change what the probe did not make: --destructive allows it";
}
