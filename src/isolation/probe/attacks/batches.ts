import { isGood, statusOf } from "../http/message.js";
import { requestFor } from "../http/request-for.js";
import { isWrite } from "../routes/route.js";
import { aimAt } from "../things/aim.js";
import { neverExisted } from "../things/id-shape.js";
import { nounOfReference } from "../things/nouns.js";
import type { Thing } from "../things/thing.js";
import type { Attack } from "./attack.js";
import { describeMarkers, ofVictim, type Bout } from "./bout.js";
import { asField, isRecord, referencesIn } from "./body-fields.js";
import { changes, lookAt } from "./sight.js";

/** Lists of ids, in a body or a query: one of the victim's among the attacker's own. */
export const batches: Attack = {
  columns: ["batches"],
  applies: (route) =>
    route.body !== null || route.query.some(({ name }) => /ids(\[\])?$/i.test(name)),
  async run(bout) {
    const { route, attacker, run, maker } = bout;
    const aim = aimAt(route, attacker, run.things);
    if (typeof aim === "string")
      return bout.unproven("batches", `nothing of ${attacker.tenant} is known for {${aim}}`);
    const body = route.body === null ? null : maker.bodyOf(route, attacker, run.canaries.make());
    const fields = isRecord(body) ? referencesIn(bout, body).filter(({ many }) => many) : [];
    const queries = route.query.filter(({ name }) => /ids(\[\])?$/i.test(name));
    if (fields.length + queries.length === 0)
      return bout.pointless("batches", "it takes no list of ids");
    for (const { name, noun } of fields) {
      await mix(
        bout,
        noun,
        (ids) =>
          bout.fire(attacker, aim.values, {
            body: {
              ...(body as object),
              [name]: ids.map((id) =>
                asField(id, firstOf((body as Record<string, unknown>)[name])),
              ),
            },
          }),
        name,
      );
    }
    for (const { name } of queries) {
      const noun =
        nounOfReference(name.replace("[]", "")) ??
        run.things.nouns.find((each) => route.template.toLowerCase().includes(each)) ??
        "";
      await mix(
        bout,
        noun,
        async (ids) => ({
          answer: await bout.attack(
            requestFor(route, aim.values, { query: { [name]: ids.join(",") } }),
          ),
        }),
        name,
      );
    }
  },
};

type Send = (
  ids: readonly string[],
) => Promise<{ readonly answer: Awaited<ReturnType<Bout["attack"]>> }>;

async function mix(bout: Bout, noun: string, send: Send, name: string): Promise<void> {
  const { run, attacker, victim, route } = bout;
  const foreign = await made(bout, noun);
  const own = run.things.of(attacker.tenant, noun).find((thing) => thing.made) ?? null;
  if (foreign === null || own === null)
    return bout.unproven("batches", `no ${noun} could be made for it`);
  const before = await lookAt(run, foreign, route);
  const again = before === null ? null : await lookAt(run, foreign, route);
  const missing = (await send([own.id, neverExisted(foreign.id, run.random)])).answer;
  const second =
    run.things.of(attacker.tenant, noun).find((thing) => thing.made && thing !== own) ??
    (await bout.maker.make(attacker, noun)) ??
    own;
  const reply = (await send([second.id, foreign.id])).answer;
  const after = again === null ? null : await lookAt(run, foreign, route);
  const leaked = ofVictim(bout, reply);
  const changed =
    before === null || again === null
      ? null
      : after === null
        ? ["all of it"]
        : changes(before, again, after);
  const mend = `Read and change what ${name} names within the scope alone: where tenant_id = … and id = any(…).`;
  if (leaked.length > 0)
    return bout.open(
      "batches",
      "batch",
      `Among ids of its own, ${name} of ${victim.tenant} is answered with ${describeMarkers(leaked)}.`,
      mend,
      name,
    );
  if (changed !== null && changed.length > 0)
    return bout.open(
      "batches",
      "batch",
      `Among ids of its own, ${name} of ${victim.tenant} changed ${victim.tenant}'s record.`,
      mend,
      name,
    );
  const control = isGood(reply) || isGood(missing) ? reply : (await send([second.id])).answer;
  if (reply.status >= 500 || reply.status === 0 || reply.status === 429)
    return bout.unproven("batches", `the answer was ${statusOf(reply)}`);
  if (!isGood(control) && !isGood(missing))
    return bout.unproven("batches", `a list of its own ids was answered ${statusOf(control)}`);
  if (isWrite(route) && changed === null)
    return bout.unproven("batches", "no route shows the owner whether the record changed");
  bout.holds("batches");
}

async function made({ run, maker, victim, attacker }: Bout, noun: string): Promise<Thing | null> {
  const unknown = (thing: Thing) =>
    thing.made && !run.things.isKnownTo(attacker.tenant, noun, thing.id);
  const known = run.things.of(victim.tenant, noun).find(unknown);
  if (known !== undefined) return known;
  const fresh = maker.canMake(noun) ? await maker.make(victim, noun) : null;
  return fresh !== null && unknown(fresh) ? fresh : null;
}

function firstOf(value: unknown): unknown {
  return Array.isArray(value) ? (value as unknown[])[0] : undefined;
}
