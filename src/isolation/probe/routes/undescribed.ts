import { requestFor } from "../http/request-for.js";
import { isGood } from "../http/message.js";
import { rules } from "../rules.js";
import type { Run } from "../run.js";
import { aimAt } from "../things/aim.js";
import { nounBefore, nounOfCollection, nounOfParameter } from "../things/nouns.js";
import {
  collectionOf,
  isItem,
  nameOf,
  parametersOf,
  shapeOf,
  targetOf,
  type Method,
  type Route,
} from "./route.js";

/**
 * Asks, as the owner of what it made, for what services usually have besides: the item behind a list, the list
 * above an item, the other methods. What answers is attacked like all others, and is a finding.
 */
export async function findUndescribed(run: Run): Promise<void> {
  const found: Route[] = [];
  for (const route of candidates(run)) {
    const thing = run.things.made.find(({ noun }) => noun === nounOf(route));
    if (thing === undefined) continue;
    const aim = aimAt(route, thing.owner, run.things, thing);
    if (typeof aim === "string" || !(await answers(run, route, thing.owner, aim.values))) continue;
    found.push(route);
    run.ledger.find(null, rules.undescribed, nameOf(route), {
      message: `${nameOf(route)} is answered, but no description names it.`,
      mend: "Describe it, or take it out of the service.",
    });
  }
  run.routes = [...run.routes, ...found];
}

async function answers(
  run: Run,
  route: Route,
  owner: Run["identities"][number],
  values: Readonly<Record<string, string>>,
): Promise<boolean> {
  if (route.method === "GET") return isGood(await run.asker.ask(owner, requestFor(route, values)));
  if (route.method === "DELETE") return false;
  // An empty change is refused where the route exists, and not found where it does not.
  const nothing = await run.asker.ask(owner, requestFor(route, values, { body: {} }));
  return isGood(nothing) || [400, 409, 415, 422].includes(nothing.status);
}

/** Of GraphQL the schema is the whole description. */
function candidates(run: Run): readonly Route[] {
  const routes = run.routes.filter(({ graphql }) => graphql === undefined);
  const known = new Set(routes.map(shapeOf));
  const items = routes
    .filter(({ method, template }) => method === "POST" && !isItem(template))
    .flatMap((route) =>
      (["GET", "PATCH", "PUT"] as const).map((method) =>
        like(route, method, `${route.template.replace(/\/$/, "")}/{id}`),
      ),
    );
  const besides = routes
    .filter(({ template }) => isItem(template))
    .flatMap((route) =>
      (["GET", "PATCH", "PUT"] as const).map((method) => like(route, method, route.template)),
    );
  const lists = routes
    .filter(({ template }) => isItem(template))
    .map((route) => like(route, "GET", collectionOf(route.template)));
  const all = [
    ...items.filter(
      ({ template }) => parametersOf(template).length === new Set(parametersOf(template)).size,
    ),
    ...besides,
    ...lists,
  ];
  return [
    ...new Map(
      all.filter((route) => !known.has(shapeOf(route))).map((route) => [shapeOf(route), route]),
    ).values(),
  ];
}

function like(route: Route, method: Method, template: string): Route {
  const body =
    method === "PATCH" || method === "PUT"
      ? { contentType: "application/json", schema: route.body?.schema ?? null }
      : null;
  return {
    ...route,
    method,
    template,
    fixedQuery: "",
    query: [],
    body,
    creates: false,
    source: "found",
  };
}

function nounOf({ template }: Route): string {
  const last = targetOf(template);
  if (last === null || !isItem(template)) return nounOfCollection(template);
  const own = nounOfParameter(template, last);
  return nounBefore(template, last) ?? own;
}
