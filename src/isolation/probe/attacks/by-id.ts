import { differences } from "../compare/differences.js";
import type { Reply } from "../http/asker.js";
import { isGood, statusOf } from "../http/message.js";
import { isWrite, parametersOf } from "../routes/route.js";
import type { Attack } from "./attack.js";
import { describeMarkers, ofVictim, saysNothing, type Bout } from "./bout.js";
import { changes, lookAt } from "./sight.js";
import { aimsOf, freshOwn, type Aims } from "./victim-aim.js";

/** Aims a route at what is the victim's, and compares the answer with those to ids that never existed. */
export const byId: Attack = {
  columns: ["by id", "existence"],
  applies: (route) => parametersOf(route.template).length > 0,
  async run(bout) {
    const { route, run } = bout;
    const write = isWrite(route);
    const aims = await aimsOf(bout, write);
    if (typeof aims === "string") return unproven(bout, aims);
    const target = aims.victim.target;
    if (write && !route.creates && target?.made !== true && !run.settings.destructive) {
      return unproven(bout, "it would change what the probe did not make: --destructive allows it");
    }
    if (aims.collides && !write) return atCollision(bout, aims);
    if (aims.collides)
      return unproven(bout, "both tenants have this id, and no other could be made");
    return strike(bout, aims);
  },
};

async function strike(bout: Bout, aims: Aims): Promise<void> {
  const { run, route, attacker } = bout;
  const target = isWrite(route) ? aims.victim.target : null;
  const before = target === null ? null : await lookAt(run, target, route);
  const again = before === null ? null : await lookAt(run, target!, route);
  const missing = await bout.fire(attacker, aims.missing());
  const another = await bout.fire(attacker, aims.missing());
  const foreign = await bout.fire(attacker, aims.victim.values);
  const after = again === null ? null : await lookAt(run, target!, route);
  const changed =
    again === null ? null : after === null ? ["all of it"] : changes(before!, again, after);
  // Before the owner's own request, which may delete it.
  const told = await whatTells(bout, aims, differences(foreign, missing, another));
  const own = await ownAnswer(bout, aims);
  const control = await controlOf(bout, aims);
  const seen = { foreign: foreign.answer, missing: missing.answer, own, control, changed };
  judgeReach(bout, seen);
  judgeExistence(bout, seen, told);
}

interface Seen {
  readonly foreign: Reply;
  readonly missing: Reply;
  /** Null where the attacker's own was not tried. */
  readonly own: Reply | null;
  readonly control: Reply;
  /** What the owner sees changed; null where nobody could look. */
  readonly changed: readonly string[] | null;
}

function judgeReach(bout: Bout, { foreign, missing, own, control, changed }: Seen): void {
  const { route, attacker, victim } = bout;
  const leaked = ofVictim(bout, foreign);
  const write = isWrite(route);
  const rule = route.method === "DELETE" ? "foreignDelete" : write ? "foreignWrite" : "foreignRead";
  const mend = `Look the record up together with the tenant of the request's scope in ${bout.name}, and answer 404 where there is none.`;
  if (changed !== null && changed.length > 0) {
    return bout.open(
      "by id",
      rule,
      `${victim.tenant}'s record was changed (${changed.slice(0, 3).join(", ")}) by another tenant's request, which was answered ${statusOf(foreign)}.`,
      mend,
    );
  }
  if (leaked.length > 0)
    return bout.open(
      "by id",
      write ? rule : "foreignRead",
      `The answer (${statusOf(foreign)}) holds ${describeMarkers(leaked)}.`,
      mend,
    );
  if (isGood(foreign) && !isGood(missing)) {
    return bout.open(
      "by id",
      rule,
      `A foreign id was answered ${statusOf(foreign)}, one that never existed ${statusOf(missing)}.`,
      mend,
    );
  }
  if (!isGood(control))
    return bout.unproven("by id", `${victim.name}'s own request was answered ${statusOf(control)}`);
  if (write && changed === null)
    return bout.unproven("by id", "no route shows the owner whether the record changed");
  if (own !== null && isGood(own))
    return foreign.status === 429 || foreign.status >= 500 || foreign.status === 0
      ? bout.unproven("by id", `the answer was ${statusOf(foreign)}`)
      : bout.holds("by id");
  if (own?.status === 403 && foreign.status === 403 && missing.status === 403) {
    return bout.pointless("by id", `${attacker.name} may not do this to its own either`);
  }
  if (saysNothing(foreign) || saysNothing(missing)) {
    return bout.unproven(
      "by id",
      `${attacker.name} is answered ${statusOf(foreign)}, whoever's id it is${own === null ? "; it has nothing of its own to compare" : ""}`,
    );
  }
  bout.holds("by id");
}

function judgeExistence(
  bout: Bout,
  { foreign, missing, own, control }: Seen,
  told: readonly string[],
): void {
  const refused = own?.status === 403 && missing.status === 403;
  const usable = own !== null && isGood(own);
  if (ofVictim(bout, foreign).length > 0 || (isGood(foreign) && !isGood(missing)))
    return bout.pointless("existence", "it is read or changed outright");
  if (foreign.status === 0 || foreign.status === 429 || missing.status === 429)
    return bout.unproven("existence", `the answer was ${statusOf(foreign)}`);
  if (told.length > 0) {
    const mend =
      "Answer a foreign id exactly as one that never existed: the same 404, body and headers, from the same code.";
    return bout.open(
      "existence",
      "existence",
      `A foreign id is told from one that never existed: ${told.slice(0, 3).join("; ")}.`,
      mend,
    );
  }
  if (!isGood(control))
    return bout.unproven(
      "existence",
      `${bout.victim.name}'s own request was answered ${statusOf(control)}`,
    );
  if (refused)
    return bout.pointless("existence", `${bout.attacker.name} may not do this to its own either`);
  if (!usable && saysNothing(missing))
    return bout.unproven("existence", `every id is answered ${statusOf(missing)}`);
  bout.holds("existence");
}

/** Once more, with other ids that never existed: a hiccup does not come twice. */
async function whatTells(
  bout: Bout,
  aims: Aims,
  first: readonly string[],
): Promise<readonly string[]> {
  if (first.length === 0) return first;
  const foreign = await bout.fire(bout.attacker, aims.victim.values);
  const missing = await bout.fire(bout.attacker, aims.missing());
  const another = await bout.fire(bout.attacker, aims.missing());
  return differences(foreign, missing, another);
}

/** The attacker may do to its own what it tries on others; what it deletes is made for it. */
async function ownAnswer(bout: Bout, aims: Aims): Promise<Reply | null> {
  const { route } = bout;
  const own = route.method === "DELETE" ? await freshOwn(bout, aims) : aims.own;
  if (own === null) return null;
  if (isWrite(route) && !route.creates && own.target?.made !== true) return null;
  const { answer } = await bout.fire(bout.attacker, own.values);
  if (route.method === "DELETE" && isGood(answer) && own.target !== null)
    bout.run.things.remove(own.target);
  return answer;
}

/** The owner may do it: a service that refuses everything proves nothing. */
async function controlOf(bout: Bout, { victim: aim }: Aims): Promise<Reply> {
  const { run, route, victim } = bout;
  const { answer: reply } = await bout.fire(aim.target?.owner ?? victim, aim.values);
  if (route.method === "DELETE" && isGood(reply) && aim.target !== null)
    run.things.remove(aim.target);
  return reply;
}

/** Each tenant counts its own ids: the attacker must get its own, and nothing of the victim's. */
async function atCollision(bout: Bout, aims: Aims): Promise<void> {
  const { foreign, control } = {
    foreign: (await bout.fire(bout.attacker, aims.victim.values)).answer,
    control: await controlOf(bout, aims),
  };
  bout.pointless("existence", "both tenants have this id");
  const leaked = ofVictim(bout, foreign);
  if (leaked.length > 0)
    return judgeReach(bout, { foreign, missing: foreign, own: null, control, changed: null });
  if (!isGood(control) || !isGood(foreign))
    return bout.unproven(
      "by id",
      `both tenants have this id, and were answered ${statusOf(foreign)} and ${statusOf(control)}`,
    );
  if (foreign.text === control.text)
    return bout.unproven(
      "by id",
      "both tenants see the same under this id, and nothing could be made that only one has",
    );
  bout.holds("by id", "both tenants have this id; each got its own");
}

function unproven(bout: Bout, why: string): void {
  bout.unproven("by id", why);
  bout.unproven("existence", why);
}
