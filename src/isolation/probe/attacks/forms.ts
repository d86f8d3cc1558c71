import { isGood, statusOf, type Outgoing } from "../http/message.js";
import { requestFor } from "../http/request-for.js";
import { fill, isItem, targetOf } from "../routes/route.js";
import type { Attack } from "./attack.js";
import { describeMarkers, ofVictim } from "./bout.js";
import { aimsOf, type Aims } from "./victim-aim.js";
import type { Bout } from "./bout.js";
import { graphqlForms } from "./graphql-forms.js";
import { changes, lookAt } from "./sight.js";

/** The victim's id in every spelling, place and method that one layer may read and another may not. */
export const forms: Attack = {
  columns: ["id forms"],
  applies: ({ method, template }) => method === "GET" && isItem(template),
  async run(bout) {
    if (bout.isOpenByPlainId) return bout.pointless("id forms", "the plain id is enough");
    const aims = await aimsOf(bout);
    if (typeof aims === "string") return bout.unproven("id forms", aims);
    const control = await bout.ask(
      aims.victim.target?.owner ?? bout.victim,
      requestFor(bout.route, aims.victim.values),
    );
    if (!isGood(control))
      return bout.unproven(
        "id forms",
        `${bout.victim.name}'s own request was answered ${statusOf(control)}`,
      );
    const shows = bout.run.markers
      .in(control.text)
      .some(({ tenant }) => tenant === bout.victim.tenant);
    if (!shows) return bout.unproven("id forms", "nothing in the record tells whose it is");
    let answered = false;
    const isGraphql = bout.route.graphql !== undefined;
    for (const [name, outgoing] of isGraphql ? graphqlForms(bout, aims) : spellings(bout, aims)) {
      const reply = await bout.attack(outgoing);
      answered ||= reply.status > 0 && reply.status < 500;
      const leaked = ofVictim(bout, reply);
      if (leaked.length > 0) report(bout, name, `is answered with ${describeMarkers(leaked)}`);
    }
    if (!isGraphql) await byOverride(bout, aims);
    if (answered) bout.holds("id forms");
    else bout.unproven("id forms", "every spelling was answered with an error of the server's");
  },
};

function report(bout: Bout, name: string, what: string): void {
  bout.open(
    "id forms",
    "form",
    `A foreign id ${name} ${what}.`,
    "Decode and check an id once, before all else, and look it up within the scope however it came.",
    name,
  );
}

function spellings(bout: Bout, { victim, own }: Aims): readonly (readonly [string, Outgoing])[] {
  const { route } = bout;
  const last = targetOf(route.template)!;
  const id = victim.values[last]!;
  const encoded = encodeURIComponent(id);
  const raw = (value: string): Outgoing =>
    requestFor(route, { ...encodedAll(victim.values), [last]: value }, { raw: true });
  const first = encoded.charCodeAt(0).toString(16);
  const inPath = [
    ["encoded once", raw(`%${first}${encoded.slice(1)}`)],
    ["encoded twice", raw(`%25${first}${encoded.slice(1)}`)],
    ["in upper case", raw(encoded.toUpperCase())],
    ["in lower case", raw(encoded.toLowerCase())],
    ["with a space after it", raw(`${encoded}%20`)],
    ["with a slash after it", raw(`${encoded}/`)],
    ["with a format after it", raw(`${encoded}.json`)],
    ["with a null after it", raw(`${encoded}%00`)],
    ["with a semicolon", raw(`${encoded};a=b`)],
    ["as a list", raw(`%5B%22${encoded}%22%5D`)],
    ["with a zero before it", raw(`0${encoded}`)],
  ] as const;
  if (own === null) return inPath;
  const mine = own.values[last]!;
  const beside = (query: Readonly<Record<string, string>>) =>
    requestFor(route, own.values, { query });
  const path = fill(route.template, own.values);
  const climbing = `${path}/../${encoded}`;
  return [
    ...inPath,
    ["beside one's own, in the path", raw(`${encodeURIComponent(mine)},${encoded}`)],
    ["in the query besides", beside({ [last]: id, id })],
    ["as a list in the query", beside({ "id[]": id, [`${last}[]`]: id })],
    ["behind one's own and a step up", { method: "GET", path: climbing }],
    [
      "in X-Original-URL",
      {
        ...beside({}),
        headers: {
          "x-original-url": fill(route.template, victim.values),
          "x-rewrite-url": fill(route.template, victim.values),
        },
      },
    ],
  ];
}

function encodedAll(values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, encodeURIComponent(value)]),
  );
}

const overrides = ["x-http-method-override", "x-method-override", "x-http-method"];

/** A POST that says it is a DELETE; on what the probe made only. */
async function byOverride(bout: Bout, { victim, collides }: Aims): Promise<void> {
  const { run, route } = bout;
  const target = victim.target;
  if (target?.made !== true || collides) return;
  const before = await lookAt(run, target, route);
  const again = before === null ? null : await lookAt(run, target, route);
  if (before === null || again === null) return;
  for (const method of ["DELETE", "PATCH"]) {
    for (const header of overrides) {
      const path = `${fill(route.template, victim.values)}?_method=${method}`;
      await bout.attack({
        method: "POST",
        path,
        headers: { [header]: method, "content-type": "application/json" },
        body: "{}",
      });
    }
  }
  const after = await lookAt(run, target, route);
  if (after === null || changes(before, again, after).length > 0)
    report(bout, "under another method", "is changed or deleted");
  if (after === null) run.things.remove(target);
}
