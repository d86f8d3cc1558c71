import { isGood, statusOf } from "../http/message.js";
import { aimAt, type Aim } from "../things/aim.js";
import { neverExisted } from "../things/id-shape.js";
import type { Attack } from "./attack.js";
import { describeMarkers, ofVictim, saysNothing, type Bout } from "./bout.js";
import { asField, isRecord, referencesIn, type ReferenceField } from "./body-fields.js";
import { lookAt } from "./sight.js";
import { changes } from "./sight.js";

/** Creates and updates the attacker's own, with references to what is the victim's. */
export const references: Attack = {
  columns: ["references"],
  applies: ({ method, body }) => body !== null && ["POST", "PUT", "PATCH"].includes(method),
  async run(bout) {
    const { route, attacker, run, maker } = bout;
    const aim = aimAt(route, attacker, run.things);
    if (typeof aim === "string")
      return bout.unproven("references", `nothing of ${attacker.tenant} is known for {${aim}}`);
    const body = maker.bodyOf(route, attacker, run.canaries.make());
    const fields = isRecord(body) ? referencesIn(bout, body).filter(({ many }) => !many) : [];
    if (fields.length === 0)
      return bout.pointless("references", "its body refers to nothing that is known");
    for (const field of fields)
      await refer(bout, aim, body as Readonly<Record<string, unknown>>, field);
  },
};

async function refer(
  bout: Bout,
  { values }: Aim,
  body: Readonly<Record<string, unknown>>,
  { name, noun }: ReferenceField,
): Promise<void> {
  const { run, attacker, victim, route } = bout;
  const [own] = run.things.of(attacker.tenant, noun);
  const foreign = run.things
    .of(victim.tenant, noun)
    .find(({ id }) => !run.things.isKnownTo(attacker.tenant, noun, id));
  if (foreign === undefined)
    return bout.unproven(
      "references",
      `${victim.tenant} has no ${noun} that ${attacker.tenant} does not have`,
    );
  const send = (id: string) =>
    bout.fire(attacker, values, {
      body: { ...fresh(bout, body), [name]: asField(id, body[name]) },
    });
  const before = await lookAt(run, foreign, route);
  const again = before === null ? null : await lookAt(run, foreign, route);
  const missing = (await send(neverExisted(foreign.id, run.random))).answer;
  const reply = (await send(foreign.id)).answer;
  const after = again === null ? null : await lookAt(run, foreign, route);
  const mend = `Make the foreign key behind ${name} carry the tenant, as (tenant_id, ${name}), or look the ${noun} up within the scope first.`;
  const leaked = ofVictim(bout, reply);
  const changed =
    before === null || again === null
      ? []
      : after === null
        ? ["all of it"]
        : changes(before, again, after);
  if (leaked.length > 0)
    return bout.open(
      "references",
      "reference",
      `With ${name} of ${victim.tenant} the answer holds ${describeMarkers(leaked)}.`,
      mend,
      name,
    );
  if (changed.length > 0)
    return bout.open(
      "references",
      "reference",
      `A record of ${attacker.tenant} with ${name} of ${victim.tenant} changed what ${victim.tenant} sees.`,
      mend,
      name,
    );
  if (isGood(reply) && !isGood(missing))
    return bout.open(
      "references",
      "reference",
      `${name} of ${victim.tenant} is accepted (${statusOf(reply)}), one that never existed is not (${statusOf(missing)}).`,
      mend,
      name,
    );
  if (isGood(reply))
    return bout.unproven("references", `${name} takes any id, even one that never existed`);
  const control = own === undefined ? null : (await send(own.id)).answer;
  if (control?.status === 403)
    return bout.pointless("references", `${attacker.name} may not do this at all`);
  if (control === null || !isGood(control))
    return bout.unproven(
      "references",
      `with ${name} of its own ${attacker.name} was answered ${control === null ? "nothing: it has none" : statusOf(control)}`,
    );
  if (saysNothing(reply) && reply.status !== 403)
    return bout.unproven("references", `with a foreign ${name} the answer was ${statusOf(reply)}`);
  if (reply.status !== missing.status) {
    return bout.open(
      "references",
      "existence",
      `${name} of ${victim.tenant} is answered ${statusOf(reply)}, one that never existed ${statusOf(missing)}.`,
      mend,
      name,
    );
  }
  bout.holds("references");
}

/** Other texts each time, so that no unique value stands in the way. */
function fresh(
  { run: { canaries } }: Bout,
  body: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  return JSON.parse(canaries.replaceIn(JSON.stringify(body))) as Record<string, unknown>;
}
