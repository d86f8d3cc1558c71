import { aliasedRequest, batchOf } from "../graphql/request.js";
import { isGood, statusOf, type Outgoing } from "../http/message.js";
import { requestFor } from "../http/request-for.js";
import { isWrite, parametersOf } from "../routes/route.js";
import type { Aim } from "../things/aim.js";
import type { Attack } from "./attack.js";
import { describeMarkers, ofVictim, type Bout } from "./bout.js";
import { changes, lookAt } from "./sight.js";
import { aimsOf, freshOwn, type Aims } from "./victim-aim.js";

/** GraphQL: the victim's record beside the attacker's own in one request, by aliases and in a batch. */
export const aliases: Attack = {
  columns: ["batches"],
  applies: ({ graphql, template, creates }) =>
    graphql !== undefined && parametersOf(template).length > 0 && !creates,
  async run(bout) {
    const { route, run, attacker } = bout;
    if (bout.isOpenByPlainId) return bout.pointless("batches", "the id alone is enough");
    const write = isWrite(route);
    const aims = await aimsOf(bout, write);
    if (typeof aims === "string") return bout.unproven("batches", aims);
    if (aims.collides) return bout.pointless("batches", "both tenants have this id");
    const own = write ? await freshOwn(bout, aims) : aims.own;
    if (own === null)
      return bout.unproven("batches", `${attacker.name} has nothing of its own to put beside it`);
    if (write && aims.victim.target?.made !== true && !run.settings.destructive)
      return bout.unproven("batches", "it would change what the probe did not make");
    await (write ? change : read)(bout, aims, own);
  },
};

async function read(bout: Bout, aims: Aims, { values: own }: Aim): Promise<void> {
  const { run, route, victim } = bout;
  const control = await bout.ask(victim, requestFor(route, aims.victim.values));
  if (!isGood(control))
    return bout.unproven(
      "batches",
      `${victim.name}'s own request was answered ${statusOf(control)}`,
    );
  if (!run.markers.in(control.text).some(({ tenant }) => tenant === victim.tenant))
    return bout.unproven("batches", "nothing in the record tells whose it is");
  for (const [how, outgoing] of together(bout, aims, own)) {
    const leaked = ofVictim(bout, await bout.attack(outgoing));
    if (leaked.length > 0) report(bout, how, `is answered with ${describeMarkers(leaked)}`);
  }
  bout.holds("batches");
}

async function change(bout: Bout, aims: Aims, { values: own, target: mine }: Aim): Promise<void> {
  const { run, route } = bout;
  const target = aims.victim.target!;
  const before = await lookAt(run, target, route);
  const again = before === null ? null : await lookAt(run, target, route);
  if (before === null || again === null)
    return bout.unproven("batches", "no route shows the owner whether the record changed");
  for (const [how, outgoing] of together(bout, aims, own)) {
    const leaked = ofVictim(bout, await bout.attack(outgoing));
    const after = await lookAt(run, target, route);
    if (after === null || changes(before, again, after).length > 0 || leaked.length > 0)
      return report(bout, how, "is changed");
  }
  if (mine !== null && (await lookAt(run, mine, route)) === null) run.things.remove(mine);
  bout.holds("batches");
}

type Values = Readonly<Record<string, string>>;

/** Its own first and last: whichever of them is looked at must not stand for the other. */
function together(
  { route, attacker, run, maker }: Bout,
  { victim }: Aims,
  own: Values,
): readonly (readonly [string, Outgoing])[] {
  const body = route.body === null ? undefined : maker.bodyOf(route, attacker, run.canaries.make());
  const both = (records: Readonly<Record<string, Values>>) =>
    aliasedRequest(route.graphql!, records, body);
  const one = (values: Values) => requestFor(route, values, { body });
  return [
    ["under an alias after one's own", both({ own, foreign: victim.values })],
    ["under an alias before one's own", both({ foreign: victim.values, own })],
    ["in a batch of requests", batchOf([one(own), one(victim.values)])],
  ];
}

function report(bout: Bout, how: string, what: string): void {
  bout.open(
    "batches",
    "batch",
    `A foreign id ${how} ${what}.`,
    "Look each record of a request up within the scope, however many it asks for.",
    how,
  );
}
