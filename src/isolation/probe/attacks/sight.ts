import { differingPaths, leavesOf } from "../compare/leaves.js";
import { isGood, jsonOf, type Answer } from "../http/message.js";
import { requestFor } from "../http/request-for.js";
import { collectionOf, isItem, targetOf, type Route } from "../routes/route.js";
import { signsOut } from "../routes/signs-out.js";
import type { Run } from "../run.js";
import { aimAt } from "../things/aim.js";
import { nounBefore, nounOfParameter } from "../things/nouns.js";
import type { Thing } from "../things/thing.js";

/** What a thing's owner sees of it. */
export type Sight = ReadonlyMap<string, string>;

/** Looks at a thing as its owner, by every route that shows it; null where none does. */
export async function lookAt(run: Run, thing: Thing, attacked: Route): Promise<Sight | null> {
  const seen = new Map<string, string>();
  for (const route of viewsOf(run, thing, attacked)) {
    const aim = aimAt(
      route,
      thing.owner,
      run.things,
      targetOf(route.template) === null ? undefined : fits(route, thing) ? thing : undefined,
    );
    if (typeof aim === "string") continue;
    const answer = await run.asker.ask(thing.owner, requestFor(route, aim.values));
    for (const [path, value] of partOf(route, thing, answer))
      seen.set(`${route.template} ${path}`, value);
  }
  return seen.size === 0 ? null : seen;
}

/** What changed, apart from what changes by itself. */
export function changes(before: Sight, again: Sight, after: Sight): readonly string[] {
  const noise = new Set(differingPaths(before, again));
  return differingPaths(again, after).filter((path) => !noise.has(path));
}

/** Its own page, the list that it is in, and the list that is in it and was attacked. */
function viewsOf(run: Run, thing: Thing, attacked: Route): readonly Route[] {
  const reads = run.routes.filter((each) => each.method === "GET" && !signsOut(each));
  const item = reads.filter((route) => isItem(route.template) && fits(route, thing)).slice(0, 1);
  const same = reads.filter(
    ({ template }) =>
      template === attacked.template && !item.some((each) => each.template === template),
  );
  const list =
    item.length > 0
      ? []
      : reads.filter(({ template }) => template === collectionOf(attacked.template)).slice(0, 1);
  return [...item, ...same, ...list];
}

function fits({ template }: Route, { noun }: Thing): boolean {
  const last = targetOf(template);
  return (
    last !== null &&
    (nounOfParameter(template, last) === noun || nounBefore(template, last) === noun)
  );
}

function partOf(route: Route, thing: Thing, answer: Answer): ReadonlyMap<string, string> {
  if (!isGood(answer)) return new Map();
  const value = jsonOf(answer);
  if (value === undefined) return new Map([["", answer.text]]);
  if (targetOf(route.template) !== null && fits(route, thing)) return leavesOf(value);
  const record = recordIn(value, thing.id, 6);
  return record === null ? new Map() : leavesOf(record);
}

function recordIn(value: unknown, id: string, depth: number): object | null {
  if (typeof value !== "object" || value === null || depth === 0) return null;
  const plain = Object.values(value) as unknown[];
  if (
    !Array.isArray(value) &&
    plain.some(
      (each) => (typeof each === "string" || typeof each === "number") && String(each) === id,
    )
  )
    return value;
  for (const each of plain) {
    const found = recordIn(each, id, depth - 1);
    if (found !== null) return found;
  }
  return null;
}
