import { isGood, statusOf } from "../http/message.js";
import { aimAt } from "../things/aim.js";
import type { Attack } from "./attack.js";
import { type Bout } from "./bout.js";

/** Creates a record with the very texts of one that the victim has just made. */
export const unique: Attack = {
  columns: ["unique"],
  applies: ({ creates, body }) => creates && body !== null,
  async run(bout) {
    const { route, attacker, victim, run, maker } = bout;
    const own = aimAt(route, attacker, run.things);
    const theirs = aimAt(route, victim, run.things);
    if (typeof own === "string" || typeof theirs === "string")
      return bout.unproven("unique", "no value is known for its path");
    const text = run.canaries.make();
    const bodies = [
      maker.bodyOf(route, victim, text),
      maker.bodyOf(route, attacker, text),
      maker.bodyOf(route, attacker, run.canaries.make()),
    ];
    if (run.canaries.in(JSON.stringify(bodies[1] ?? "")).length === 0)
      return bout.pointless("unique", "its body takes no free text");
    const control = (await bout.fire(victim, theirs.values, { body: bodies[0] })).answer;
    const fresh = (await bout.fire(attacker, own.values, { body: bodies[2] })).answer;
    const same = (await bout.fire(attacker, own.values, { body: bodies[1] })).answer;
    judge(
      bout,
      statusOf(control),
      isGood(control),
      isGood(fresh) ? null : statusOf(fresh),
      isGood(same) ? null : statusOf(same),
    );
  },
};

function judge(
  bout: Bout,
  control: string,
  made: boolean,
  freshRefusal: string | null,
  sameRefusal: string | null,
): void {
  const { attacker, victim } = bout;
  if (!made) return bout.unproven("unique", `${victim.name}'s own request was answered ${control}`);
  if (freshRefusal === "403")
    return bout.pointless("unique", `${attacker.name} may not do this at all`);
  if (freshRefusal !== null)
    return bout.unproven("unique", `${attacker.name}'s own request was answered ${freshRefusal}`);
  if (sameRefusal === null) return bout.holds("unique");
  if (sameRefusal === "nothing" || sameRefusal === "429")
    return bout.unproven("unique", `the answer was ${sameRefusal}`);
  bout.open(
    "unique",
    "unique",
    `${attacker.name} may create a record, but not with the texts of one of ${victim.tenant}: ${sameRefusal}.`,
    "Make the unique key lead with the tenant: unique (tenant_id, …).",
  );
}
