import type { Reply } from "../http/asker.js";
import { isGood, statusOf, type Outgoing } from "../http/message.js";
import { requestFor } from "../http/request-for.js";
import type { Column } from "../ledger.js";
import { aimAt } from "../things/aim.js";
import { describeMarkers, ofVictim, type Bout } from "./bout.js";

/** A request of the attacker's own, by whose answer one can tell whose data it is. */
export interface Carrier {
  readonly outgoing: Outgoing;
  /** What the attacker is answered. */
  readonly plain: Reply;
  /** What the victim is answered. */
  readonly control: Reply;
}

/** Nothing more can be seen then: `lists` and `by id` have it. */
export const leaksAlready = "the plain request is answered with the other tenant's data already";

/** Noted, and null, where a confusion could not be seen in the answer, or the request is of no use. */
export async function carrierOf(bout: Bout, column: Column): Promise<Carrier | null> {
  const { run, route, attacker, victim } = bout;
  const own = aimAt(route, attacker, run.things);
  const theirs = aimAt(route, victim, run.things);
  if (typeof own === "string" || typeof theirs === "string") {
    return refuse(bout, column, "no value is known for its path");
  }
  const control = await bout.ask(victim, requestFor(route, theirs.values));
  if (!isGood(control)) {
    return refuse(bout, column, `${victim.name}'s own request was answered ${statusOf(control)}`);
  }
  const outgoing = requestFor(route, own.values);
  const plain = await bout.attack(outgoing);
  if (plain.status === 403) return pass(bout, column, `${attacker.name} may not ask this at all`);
  if (!isGood(plain)) {
    return refuse(bout, column, `${attacker.name}'s own request was answered ${statusOf(plain)}`);
  }
  if (ofVictim(bout, plain).length > 0) return refuse(bout, column, leaksAlready);
  if (shows(bout, control) || control.text !== plain.text) return { outgoing, plain, control };
  return told(bout, column, { outgoing, plain }, requestFor(route, theirs.values));
}

/** Both are told the same: as by a count, which differs once one of them has more. */
async function told(
  bout: Bout,
  column: Column,
  { outgoing, plain }: Omit<Carrier, "control">,
  request: Outgoing,
): Promise<Carrier | null> {
  const { run, victim, maker } = bout;
  for (const noun of run.things.nouns.filter((each) => maker.canMake(each))) {
    await maker.make(victim, noun);
  }
  const control = await bout.ask(victim, request);
  if (isGood(control) && control.text !== plain.text) return { outgoing, plain, control };
  return pass(bout, column, "it says the same to every tenant");
}

/** What an answer shows of the victim, in words; null where it shows nothing. */
export function shownOfVictim(bout: Bout, reply: Reply, carrier: Carrier): string | null {
  const leaked = ofVictim(bout, reply);
  if (leaked.length > 0) return describeMarkers(leaked);
  if (shows(bout, carrier.control) || !isGood(reply)) return null;
  const isTheirs = reply.text === carrier.control.text && reply.text !== carrier.plain.text;
  return isTheirs ? `what ${bout.victim.name} is told` : null;
}

/** Whether an answer to another request holds the attacker's own data, as its plain request does. */
export function showsOwn(
  { run: { markers }, attacker }: Bout,
  reply: Reply,
  { plain, control }: Carrier,
): boolean {
  if (!isGood(reply)) return false;
  if (markers.in(reply.text).some(({ tenant }) => tenant === attacker.tenant)) return true;
  return reply.text === plain.text && plain.text !== control.text;
}

function shows({ run: { markers }, victim }: Bout, { text }: Reply): boolean {
  return markers.in(text).some(({ tenant }) => tenant === victim.tenant);
}

function refuse(bout: Bout, column: Column, why: string): null {
  bout.unproven(column, why);
  return null;
}

function pass(bout: Bout, column: Column, why: string): null {
  bout.pointless(column, why);
  return null;
}
