import { requestFor } from "../http/request-for.js";
import type { Reply } from "../http/asker.js";
import { refusedIn, withoutRefused } from "../graphql/refused.js";
import { isGood } from "../http/message.js";
import type { Identity } from "../identity/identity.js";
import { isItem, nameOf, parametersOf, type Route } from "../routes/route.js";
import { tenantsOf, type Run } from "../run.js";
import { aimAt } from "./aim.js";
import { harvest } from "./harvest.js";
import { isDistinctive } from "./id-shape.js";
import type { Maker } from "./maker.js";
import { distinctiveIn } from "./markers.js";
import { nounBefore, nounOfCollection, nounOfParameter } from "./nouns.js";
import { signsOut } from "../routes/signs-out.js";

const passes = 4;

/** Makes and finds records as every tenant: first what needs nothing, then what is in it. */
export async function learn(run: Run, maker: Maker): Promise<void> {
  for (const tenant of tenantsOf(run)) {
    const members = run.identities.filter((identity) => identity.tenant === tenant);
    run.onStep(`Learning what ${tenant} has`);
    await learnAs(run, maker, members);
  }
}

async function learnAs(run: Run, maker: Maker, members: readonly Identity[]): Promise<void> {
  const pending = new Set(
    run.routes.filter(
      (route) => !signsOut(route) && (route.method === "GET" || makes(route, run.settings)),
    ),
  );
  for (let pass = 0; pass < passes && pending.size > 0; pass += 1) {
    for (const route of pending) {
      if (route.method === "GET" && pass < passes - 1 && !isReachable(run, route, members[0]!))
        continue;
      const done =
        route.method === "GET"
          ? await look(run, route, members)
          : await create(run, maker, route, members);
      if (done) pending.delete(route);
    }
  }
}

/** What makes records; other POSTs, as `/settings/reset`, only where everything may be changed. */
function makes(route: Route, { destructive }: Run["settings"]): boolean {
  if (route.method !== "POST" || isItem(route.template)) return false;
  return route.creates || destructive;
}

function isReachable(run: Run, route: Route, identity: Identity): boolean {
  return typeof aimAt(route, identity, run.things) !== "string";
}

async function look(run: Run, route: Route, members: readonly Identity[]): Promise<boolean> {
  let last: Reply | null = null;
  for (const identity of members) {
    const aim = aimAt(route, identity, run.things);
    if (typeof aim === "string") {
      run.uncovered.set(
        nameOf(route),
        `no value is known for {${aim}}: nothing that was made or listed has one; give it under "parameters" in the identities' files`,
      );
      return false;
    }
    const reply = await run.asker.ask(identity, requestFor(route, aim.values));
    last = reply;
    if (!isGood(reply)) {
      run.uncovered.set(
        nameOf(route),
        `${identity.name} was answered ${reply.status || "nothing"}`,
      );
      continue;
    }
    run.uncovered.delete(nameOf(route));
    gather(run, route, identity, aim.values, reply);
    return true;
  }
  const less = last === null ? null : askingLess(run, route, last);
  return less === null || look(run, less, members);
}

/**
 * Of GraphQL one value within may be refused, and the whole with it: from now on no query asks for it.
 * @returns the route as it is then; null where it is as it was
 */
function askingLess(run: Run, route: Route, reply: Reply): Route | null {
  const refused = refusedIn(reply);
  const less = (each: Route): Route => {
    const { graphql } = each;
    if (graphql === undefined) return each;
    const selection = refused.reduce(
      (kept, one) => withoutRefused(graphql.field, kept, one),
      graphql.selection,
    );
    return selection === graphql.selection ? each : { ...each, graphql: { ...graphql, selection } };
  };
  const own = less(route);
  run.routes = run.routes.map((each) => (each === route ? own : less(each)));
  return own === route ? null : own;
}

/** Enters what an answer holds, but for what is known to be another tenant's. */
function gather(
  run: Run,
  route: Route,
  identity: Identity,
  values: Readonly<Record<string, string>>,
  reply: Reply,
): void {
  const last = parametersOf(route.template).at(-1);
  const noun =
    isItem(route.template) && last !== undefined
      ? (nounBefore(route.template, last) ?? "")
      : nounOfCollection(route.template);
  const parents = Object.fromEntries(
    parametersOf(route.template).map((name) => [
      nounOfParameter(route.template, name),
      values[name]!,
    ]),
  );
  for (const { noun: own, id, fields } of harvest(reply)) {
    const owner = run.markers.ownerOf(id);
    if (owner !== undefined && owner !== identity.tenant) continue;
    if (
      reply.leaks.some(({ text }) =>
        Object.values(fields).some((value) => value.toLowerCase().includes(text.toLowerCase())),
      )
    )
      continue;
    run.things.add({
      noun: own ?? noun,
      id,
      owner: identity,
      made: false,
      parents: own === null ? parents : {},
      fields,
    });
  }
}

async function create(
  run: Run,
  maker: Maker,
  route: Route,
  members: readonly Identity[],
): Promise<boolean> {
  for (const identity of members) {
    const thing = await maker.learn(route, identity);
    if (typeof thing !== "string") {
      run.uncovered.delete(nameOf(route));
      mark(run, identity, thing.noun, thing.id);
      return true;
    }
    run.uncovered.set(nameOf(route), thing);
    if (thing.startsWith("no value") || thing.startsWith("its answer"))
      return thing.startsWith("its answer");
  }
  return false;
}

function mark(run: Run, identity: Identity, noun: string, id: string): void {
  if (isDistinctive(id))
    run.markers.add({ tenant: identity.tenant, text: id, what: `the id of its ${noun}` });
}

/**
 * What only one tenant's answers to a route hold counts as that tenant's: ids and addresses. Asked anew, so
 * that what was made since then is in it.
 */
export async function markByComparison(run: Run): Promise<void> {
  const seen = new Map<string, Set<string>>();
  for (const route of run.routes.filter((each) => each.method === "GET" && !signsOut(each))) {
    for (const tenant of tenantsOf(run)) {
      const identity = run.identities.find((each) => each.tenant === tenant)!;
      const aim = aimAt(route, identity, run.things);
      if (typeof aim === "string") continue;
      const reply = await askForLess(run, route, identity, aim.values);
      if (!isGood(reply)) continue;
      for (const word of distinctiveIn(reply.text)) {
        const key = word.toLowerCase();
        seen.set(key, (seen.get(key) ?? new Set()).add(tenant));
      }
    }
  }
  for (const [text, tenants] of seen) {
    const [tenant] = tenants;
    if (tenants.size === 1)
      run.markers.add({ tenant: tenant!, text, what: "a value that only its answers held" });
  }
}

/** What was refused within an empty list shows only now. */
async function askForLess(
  run: Run,
  route: Route,
  identity: Identity,
  values: Readonly<Record<string, string>>,
): Promise<Reply> {
  const reply = await run.asker.ask(identity, requestFor(route, values));
  const less = isGood(reply) ? null : askingLess(run, route, reply);
  return less === null ? reply : askForLess(run, less, identity, values);
}
