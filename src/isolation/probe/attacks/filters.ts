import { differences } from "../compare/differences.js";
import type { Reply } from "../http/asker.js";
import { isGood, statusOf } from "../http/message.js";
import { requestFor } from "../http/request-for.js";
import { tenantNamesOf } from "../identity/identity.js";
import { aimAt } from "../things/aim.js";
import { neverExisted } from "../things/id-shape.js";
import { namesTenant } from "../things/names-tenant.js";
import { nounOfReference } from "../things/nouns.js";
import type { Attack } from "./attack.js";
import { leaksAlready } from "./carrier.js";
import { describeMarkers, ofVictim, type Bout } from "./bout.js";

const searches = /^(q|search|query|filter|term|keyword|keywords|text|name|title|contains|s)$/i;
/** Tried where the description names no parameter. */
const usual = ["search", "q", "query", "filter"];

/** Filters by the victim's ids, and searches for the victim's texts. */
export const filters: Attack = {
  columns: ["filters"],
  applies: ({ method }) => method === "GET",
  async run(bout) {
    const own = aimAt(bout.route, bout.attacker, bout.run.things);
    if (typeof own === "string") return bout.unproven("filters", `no value is known for {${own}}`);
    const plain = await bout.attack(requestFor(bout.route, own.values));
    if (plain.status === 403)
      return bout.pointless("filters", `${bout.attacker.name} may not ask this at all`);
    if (!isGood(plain))
      return bout.unproven(
        "filters",
        `${bout.attacker.name}'s own request was answered ${statusOf(plain)}`,
      );
    if (ofVictim(bout, plain).length > 0) return bout.unproven("filters", leaksAlready);
    const trials = trialsOf(bout);
    if (trials.length === 0)
      return bout.pointless("filters", "there is nothing to filter or search by");
    for (const trial of trials.filter(({ declared }) => declared))
      await tryOut(bout, own.values, trial);
    for (const group of groupsOf(trials.filter(({ declared }) => !declared)))
      await inTheDark(bout, own.values, plain, group);
  },
};

interface Trial {
  readonly name: string;
  readonly foreign: string;
  /** In the description; others are tries in the dark. */
  readonly declared: boolean;
}

function trialsOf({ route, run, victim }: Bout): readonly Trial[] {
  const made = run.things.made.filter(({ owner }) => owner.tenant === victim.tenant);
  const canary = made.map((thing) => thing.canary).find((each) => each !== undefined);
  const declared = route.query.flatMap(({ name }) => {
    const noun = nounOfReference(name);
    const id = namesTenant(run.things, name)
      ? (victim.parameters[name] ?? victim.tenant)
      : noun === null
        ? undefined
        : run.things.of(victim.tenant, noun)[0]?.id;
    if (id !== undefined) return [{ name, foreign: id, declared: true }];
    return searches.test(name) && canary !== undefined
      ? [{ name, foreign: canary, declared: true }]
      : [];
  });
  const names = new Set(route.query.map(({ name }) => name));
  // What a GraphQL schema does not name is refused unseen.
  if (route.graphql !== undefined) return declared;
  const dark = usual
    .filter((name) => !names.has(name) && canary !== undefined)
    .map((name) => ({ name, foreign: canary!, declared: false }));
  const references = run.things.nouns
    .filter((noun) => made.some((thing) => thing.noun === noun))
    .flatMap((noun) => {
      const [thing] = run.things.of(victim.tenant, noun);
      return thing === undefined || names.has(`${noun}Id`) || names.has(`${noun}_id`)
        ? []
        : [
            { name: `${noun}Id`, foreign: thing.id, declared: false },
            { name: `${noun}_id`, foreign: thing.id, declared: false },
          ];
    });
  return [...declared, ...dark, ...references];
}

/** By what they are filled with. */
function groupsOf(trials: readonly Trial[]): readonly (readonly Trial[])[] {
  const values = [...new Set(trials.map(({ foreign }) => foreign))];
  return values.map((value) => trials.filter(({ foreign }) => foreign === value));
}

/** All at once: where the answer is what it is without them, none of them is read. */
async function inTheDark(
  bout: Bout,
  values: Readonly<Record<string, string>>,
  plain: Reply,
  trials: readonly Trial[],
): Promise<void> {
  const query = Object.fromEntries(trials.map(({ name, foreign }) => [name, foreign]));
  const together = await bout.attack(requestFor(bout.route, values, { query }));
  // An empty answer may be a filter's doing as well.
  const isUnread = together.status === plain.status && together.text === plain.text;
  if (isUnread && bout.run.markers.in(plain.text).length > 0) return bout.holds("filters");
  for (const trial of trials) await tryOut(bout, values, trial);
}

async function tryOut(
  bout: Bout,
  values: Readonly<Record<string, string>>,
  { name, foreign, declared }: Trial,
): Promise<void> {
  const { run, victim } = bout;
  const query = (value: string) => requestFor(bout.route, values, { query: { [name]: value } });
  const other = () =>
    run.canaries.in(foreign).length > 0
      ? run.canaries.replaceIn(foreign)
      : neverExisted(foreign, run.random);
  const reply = await bout.attack(query(foreign));
  const leaked = ofVictim(bout, reply);
  const label = bout.route.graphql === undefined ? `?${name}=` : `The argument ${name}`;
  const mend = `Add the tenant of the request's scope to the query behind ${name}.`;
  if (leaked.length > 0)
    return bout.open(
      "filters",
      "filter",
      `${label} with a value of ${victim.tenant} is answered with ${describeMarkers(leaked)}.`,
      mend,
      name,
    );
  const owned = run.things.isKnownTo(bout.attacker.tenant, nounOfReference(name) ?? "", foreign);
  const [one, two] = [other(), other()];
  const asked = { answer: reply, ids: [foreign] };
  const missing = { answer: await bout.attack(query(one)), ids: [one] };
  const another = { answer: await bout.attack(query(two)), ids: [two] };
  const told = owned || isTenantNameOf(bout, foreign) ? [] : differences(asked, missing, another);
  if (told.length > 0)
    return bout.open(
      "filters",
      "filter",
      `${label} tells a value of ${victim.tenant} from one that nobody has: ${told.join("; ")}.`,
      mend,
      name,
    );
  if (isGood(reply)) bout.holds("filters");
  else if (declared && (reply.status >= 500 || reply.status === 0))
    bout.unproven("filters", `${label} was answered ${statusOf(reply)}`);
  else bout.holds("filters", `${label} is refused`);
}

/** A tenant's own name may be refused outright; that a tenant exists is another question. */
function isTenantNameOf({ victim }: Bout, value: string): boolean {
  return tenantNamesOf(victim).includes(value);
}
