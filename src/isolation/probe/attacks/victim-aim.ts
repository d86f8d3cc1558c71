import { aimAt, targetsOf, type Aim } from "../things/aim.js";
import { isDistinctive, neverExisted } from "../things/id-shape.js";
import { nounBefore, nounOfParameter } from "../things/nouns.js";
import { isGood } from "../http/message.js";
import { requestFor } from "../http/request-for.js";
import { isItem, isWrite, parametersOf, targetOf } from "../routes/route.js";
import type { Thing } from "../things/thing.js";
import { ofVictim, type Bout } from "./bout.js";

/** What a route with parameters is aimed at: the victim's, the attacker's own, and what nobody has. */
export interface Aims {
  readonly victim: Aim;
  /** Null where the attacker has nothing of the kind. */
  readonly own: Aim | null;
  /** Whether the attacker has a thing of the same id, as where each tenant counts from 1. */
  readonly collides: boolean;
  missing(): Readonly<Record<string, string>>;
}

/** @returns why not, where the victim has nothing to aim at */
export async function aimsOf(bout: Bout, fresh = false): Promise<Aims | string> {
  const { run, route, attacker, victim } = bout;
  const target = await targetFor(bout, fresh);
  const aim = aimAt(route, target?.owner ?? victim, run.things, target ?? undefined);
  if (typeof aim === "string") return `nothing of ${victim.tenant} is known for {${aim}}`;
  const own = aimAt(route, attacker, run.things);
  const names = parametersOf(route.template).filter((name) => !aim.constants.has(name));
  const others = names.filter(
    (name) => typeof own === "string" || own.values[name] !== aim.values[name],
  );
  if (names.length === 0) return "its parameters are the same for every tenant";
  const last = targetOf(route.template)!;
  const noun = aim.target?.noun ?? nounOfParameter(route.template, last);
  return {
    victim: aim,
    own: typeof own === "string" ? null : own,
    collides:
      others.length === 0 ||
      (names.length === 1 && run.things.isKnownTo(attacker.tenant, noun, aim.values[last]!)),
    missing: () => ({
      ...aim.values,
      ...Object.fromEntries(
        (others.length === 0 ? names : others).map((name) => [
          name,
          neverExisted(aim.values[name]!, run.random),
        ]),
      ),
    }),
  };
}

/**
 * One of the attacker's own tenant that was made for this alone: it may be deleted, and all that is in it. Who
 * may make nothing has it made by another of the tenant.
 */
export async function freshOwn(
  { route, attacker, maker, run }: Bout,
  { victim }: Aims,
): Promise<Aim | null> {
  const noun = victim.target?.noun;
  const others = run.identities.filter(
    ({ tenant, name }) => tenant === attacker.tenant && name !== attacker.name,
  );
  for (const who of noun === undefined ? [] : [attacker, ...others]) {
    const thing = await maker.make(who, noun!);
    if (thing === null) continue;
    const aim = aimAt(route, attacker, run.things, thing);
    return typeof aim === "string" ? null : aim;
  }
  return null;
}

/** Made by the probe where that can be had, and of an id that the attacker does not have. */
async function targetFor(bout: Bout, fresh: boolean): Promise<Thing | null> {
  const { run, route, victim } = bout;
  const noun = nounOfTarget(bout);
  if (noun === null) return null;
  const all = () => targetsOf(route, victim, run.things);
  // An action that was taken already changes nothing any more.
  const made = fresh && !route.creates ? await makeForeign(bout, noun) : null;
  if (made !== null) return made;
  // Every one may cost a request; the latest are the likeliest.
  for (const thing of all().slice(0, 5)) {
    if ((!fresh || thing.made) && !(await isAttackersToo(bout, thing))) return thing;
  }
  return (await makeForeign(bout, noun)) ?? all()[0] ?? null;
}

async function makeForeign(bout: Bout, noun: string): Promise<Thing | null> {
  for (let tries = 0; tries < 3 && bout.maker.canMake(noun); tries += 1) {
    const thing = await bout.maker.make(bout.victim, noun);
    if (thing === null) return null;
    if (!(await isAttackersToo(bout, thing))) return thing;
  }
  return null;
}

/**
 * Whether the attacker has a thing of the same id, listed or not: where each tenant counts from 1 it is no
 * foreign id, and to write there would change what the probe did not make.
 */
async function isAttackersToo(bout: Bout, thing: Thing): Promise<boolean> {
  const { run, attacker, route } = bout;
  if (run.things.isKnownTo(attacker.tenant, thing.noun, thing.id)) return true;
  if (isDistinctive(thing.id)) return false;
  const page = run.routes.find(
    (each) => each.method === "GET" && isItem(each.template) && shows(each.template, thing.noun),
  );
  const aim = page === undefined ? null : aimAt(page, thing.owner, run.things, thing);
  if (page === undefined || aim === null || typeof aim === "string") return isWrite(route);
  const request = requestFor(page, aim.values);
  const reply = await bout.attack(request);
  if (!isGood(reply) || ofVictim(bout, reply).length > 0) return false;
  if (reply.text === (await bout.ask(thing.owner, request)).text) return false;
  run.things.add({ ...thing, owner: attacker, made: false, parents: {}, fields: {} });
  return true;
}

function shows(template: string, noun: string): boolean {
  const last = targetOf(template)!;
  return nounOfParameter(template, last) === noun || nounBefore(template, last) === noun;
}

/** What the maker would call it; null where the identity's file says what the parameter is. */
function nounOfTarget({ route, victim, maker }: Bout): string | null {
  const last = targetOf(route.template);
  if (last === null || victim.parameters[last] !== undefined) return null;
  const noun = nounOfParameter(route.template, last);
  return maker.canMake(noun) ? noun : (nounBefore(route.template, last) ?? noun);
}
