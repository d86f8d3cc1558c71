import { flatten } from "../bodies/schema.js";
import { isWrite, parametersOf } from "../routes/route.js";
import { signsOut } from "../routes/signs-out.js";
import { aimAt } from "../things/aim.js";
import { nounOfReference } from "../things/nouns.js";
import type { Attack } from "./attack.js";
import type { Bout } from "./bout.js";

/**
 * Whether an attack is not to be sent. What makes a record is; what changes or deletes one only where path or
 * body must name it, and it is one that the probe made. So `/settings/reset` and `PUT /settings` are not.
 * @returns why; null where it may be sent
 */
export function shieldFrom({ columns }: Attack, bout: Bout): string | null {
  const { route, attacker, run } = bout;
  if (signsOut(route)) return "it may end the identity's own session";
  if (run.settings.destructive || !isWrite(route) || route.creates) return null;
  // This one knows itself what it aims at.
  if (columns.includes("by id")) return null;
  const aim = aimAt(route, attacker, run.things);
  if (typeof aim === "string") return `nothing of ${attacker.tenant} is known for {${aim}}`;
  if (aim.target?.made === true || mustNameMade(bout)) return null;
  return "it would change what the probe did not make: --destructive allows it";
}

/** Whether the body cannot do without the id of a record, of which the probe made one. */
function mustNameMade({ route, attacker, run: { things } }: Bout): boolean {
  if (parametersOf(route.template).length > 0) return false;
  const { required = [] } = flatten(route.body?.schema ?? {});
  return required.some((name) => {
    const noun = nounOfReference(name);
    return noun !== null && things.of(attacker.tenant, noun)[0]?.made === true;
  });
}
