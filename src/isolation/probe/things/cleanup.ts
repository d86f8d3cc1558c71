import { requestFor } from "../http/request-for.js";
import { isGood } from "../http/message.js";
import { isItem, targetOf, type Route } from "../routes/route.js";
import type { Identity } from "../identity/identity.js";
import type { Run } from "../run.js";
import { aimAt } from "./aim.js";
import { nounBefore, nounOfParameter } from "./nouns.js";
import type { Thing } from "./thing.js";

/** Deletes what was made, the latest first. @returns what is left: a sentence each */
export async function cleanUp(run: Run): Promise<readonly string[]> {
  run.budget.startTidying();
  const left = new Map<string, number>();
  for (const thing of [...run.things.made].reverse()) {
    if (await remove(run, thing)) run.things.remove(thing);
    else left.set(label(thing), (left.get(label(thing)) ?? 0) + 1);
  }
  return [...left].map(
    ([what, count]) =>
      `${count} × ${what} that the probe made could not be deleted; where they bear texts, these begin with ${run.canaries.prefix}.`,
  );
}

async function remove(run: Run, thing: Thing): Promise<boolean> {
  for (const route of run.routes.filter((each) => deletes(each, thing))) {
    for (const who of thosePerhapsAllowed(run, thing)) {
      const aim = aimAt(route, who, run.things, thing);
      if (typeof aim === "string") continue;
      const reply = await run.asker.ask(who, requestFor(route, aim.values)).catch(() => null);
      if (reply !== null && (isGood(reply) || reply.status === 404 || reply.status === 410))
        return true;
    }
  }
  return false;
}

/** Who made it, and then the others of its tenant: a member makes what only an admin deletes. */
function thosePerhapsAllowed({ identities }: Run, { owner }: Thing): readonly Identity[] {
  const others = identities.filter(
    ({ name, tenant }) => tenant === owner.tenant && name !== owner.name,
  );
  return [owner, ...others];
}

function deletes({ method, template }: Route, { noun }: Thing): boolean {
  const last = targetOf(template);
  return (
    method === "DELETE" &&
    last !== null &&
    isItem(template) &&
    (nounOfParameter(template, last) === noun || nounBefore(template, last) === noun)
  );
}

function label({ noun, owner }: Thing): string {
  return `${noun} of ${owner.tenant}`;
}
