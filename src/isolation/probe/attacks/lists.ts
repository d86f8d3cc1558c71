import type { Reply } from "../http/asker.js";
import { differingPaths, leavesOf } from "../compare/leaves.js";
import { isGood, jsonOf, statusOf, type Outgoing } from "../http/message.js";
import { nextPage } from "../http/next-page.js";
import { requestFor } from "../http/request-for.js";
import type { Identity } from "../identity/identity.js";
import { targetOf } from "../routes/route.js";
import { aimAt } from "../things/aim.js";
import type { Attack } from "./attack.js";
import { describeMarkers, ofVictim, type Bout } from "./bout.js";

const mend =
  "Take the tenant from the request's scope in every query, and make it part of every cache's key.";

/** Asks as the victim, then the same as the attacker: lists, sums, exports, and whatever a cache kept. */
export const lists: Attack = {
  columns: ["lists"],
  applies: ({ method }) => method === "GET",
  async run(bout) {
    const { route, attacker, victim, run } = bout;
    const own = aimAt(route, attacker, run.things);
    const theirs = aimAt(route, victim, run.things);
    if (typeof own === "string") return bout.unproven("lists", `no value is known for {${own}}`);
    if (typeof theirs === "string") {
      return bout.unproven("lists", `no value is known for {${theirs}}`);
    }
    const fresh = { _probe: run.canaries.make() };
    for (const query of [fresh, {}]) {
      if (await isLeaking(bout, own.values, theirs.values, query)) return;
    }
    const control = await bout.ask(victim, requestFor(route, theirs.values));
    const reply = await bout.attack(requestFor(route, own.values));
    if (!isGood(control))
      return bout.unproven(
        "lists",
        `${victim.name}'s own request was answered ${statusOf(control)}`,
      );
    if (!isGood(reply))
      return reply.status === 403
        ? bout.pointless("lists", `${attacker.name} may not ask this at all`)
        : bout.unproven("lists", `${attacker.name}'s own request was answered ${statusOf(reply)}`);
    const [seen] = [
      await pagesOf(bout, victim, requestFor(route, theirs.values), control),
      // Whatever of the victim's is in them is found as in every answer.
      await pagesOf(bout, attacker, requestFor(route, own.values), reply),
    ];
    if (seen.some((page) => showsItsOwn(bout, page))) return bout.holds("lists");
    if (targetOf(route.template) !== null) return bout.holds("lists", "its own record only");
    await bySum(bout, control, reply);
  },
};

type Values = Readonly<Record<string, string>>;

/** The victim first, then the attacker by the same URL: a query that nobody has asked before fills caches anew. */
async function isLeaking(bout: Bout, own: Values, theirs: Values, query: Values): Promise<boolean> {
  const { route, attacker, victim } = bout;
  const control = await bout.ask(victim, requestFor(route, theirs, { query }));
  const leaked = ofVictim(bout, await bout.attack(requestFor(route, own, { query })));
  const back = control.leaks.filter(({ tenant }) => tenant === attacker.tenant);
  const [who, found] = leaked.length > 0 ? [attacker, leaked] : [victim, back];
  if (found.length === 0) return false;
  bout.open(
    "lists",
    "list",
    `${who.name}'s own request was answered with ${describeMarkers(found)}.`,
    mend,
  );
  return true;
}

const mostPages = 10;

/** A first page and those after it. */
async function pagesOf(
  bout: Bout,
  who: Identity,
  outgoing: Outgoing,
  first: Reply,
): Promise<readonly Reply[]> {
  const pages = [first];
  let next = nextPage(outgoing, first, bout.route);
  while (next !== null && pages.length < mostPages) {
    const page = await bout.ask(who, next);
    if (!isGood(page)) break;
    pages.push(page);
    next = nextPage(next, page, bout.route);
  }
  return pages;
}

function showsItsOwn({ run: { markers }, victim }: Bout, { text }: Reply): boolean {
  return markers.in(text).some(({ tenant }) => tenant === victim.tenant);
}

/** No text to be recognised: what one tenant makes must not change what the other is told. */
async function bySum(bout: Bout, control: Reply, reply: Reply): Promise<void> {
  const { route, attacker, victim, run, maker } = bout;
  const again = await bout.attack(requestFor(route, {}));
  const controlAgain = await bout.ask(victim, requestFor(route, {}));
  for (const noun of run.things.nouns.filter((each) => maker.canMake(each)))
    await maker.make(victim, noun);
  const after = await bout.attack(requestFor(route, {}));
  const controlAfter = await bout.ask(victim, requestFor(route, {}));
  const told = changed(reply, again, after);
  if (told.length > 0)
    return bout.open(
      "lists",
      "list",
      `What ${victim.tenant} made changed what ${attacker.name} is told (at ${told.slice(0, 3).join(", ")}).`,
      mend,
      "sum",
    );
  if (changed(control, controlAgain, controlAfter).length > 0)
    return bout.holds("lists", "what the other tenant makes does not show in it");
  if (reply.text === control.text)
    return bout.pointless("lists", "it says the same to every tenant, whatever they make");
  bout.unproven("lists", "nothing that the probe made shows in it, even to its owner");
}

function changed(before: Reply, again: Reply, after: Reply): readonly string[] {
  const [first, second, third] = [before, again, after].map((reply) =>
    leavesOf(jsonOf(reply) ?? reply.text),
  );
  const noise = new Set(differingPaths(first!, second!));
  return differingPaths(second!, third!).filter((path) => !noise.has(path));
}
