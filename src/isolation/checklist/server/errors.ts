import { randomBytes, randomUUID } from "node:crypto";
import type { Asked } from "../../probe/compare/differences.js";
import { leavesOf } from "../../probe/compare/leaves.js";
import { isGood, jsonOf, type Answer } from "../../probe/http/message.js";
import { textOf, type BareRequest } from "./bare-request.js";
import type { Site, Visitor } from "./site.js";

/** A request that must fail. */
export interface ErrorTrial {
  readonly name: string;
  /** All that it says: what an answer merely repeats is no leak. */
  readonly sent: string;
  send(): Promise<Answer>;
}

export function errorTrials(
  site: Site,
  visitor: Visitor,
  visitors: readonly Visitor[],
): readonly ErrorTrial[] {
  const { host } = visitor;
  const hosts = [host];
  const path = site.route.split("?")[0]!.replace(/\/$/, "");
  const json = { "content-type": "application/json" };
  const other = visitors.find(({ tenant }) => tenant !== visitor.tenant);
  const withBody = (body: string): BareRequest => ({
    method: "POST",
    path: path === "" ? "/" : path,
    hosts,
    headers: { ...json, "content-length": String(Buffer.byteLength(body)) },
    body,
  });
  const signed: readonly (readonly [string, BareRequest])[] = [
    ["a path that is not there", { path: `/${randomBytes(8).toString("hex")}`, hosts }],
    ["an id that is not there", { path: `${path}/${randomUUID()}`, hosts }],
    ["an id that is none", { path: `${path}/%27`, hosts }],
    ["an id with a null byte", { path: `${path}/%00`, hosts }],
    ["a number that is too large", { path: `${path}/99999999999999999999`, hosts }],
    ["a path that cannot be read", { path: `${path}/%zz`, hosts }],
    ["a parameter that is none", { path: `${path}?limit=%27&page=%27&sort=%27`, hosts }],
    ["JSON that cannot be read", withBody("{")],
    ["JSON of another kind", withBody('"text"')],
    ["a body that is too large", withBody(`{"${"x".repeat(300_000)}`)],
    ["an unknown host", { path: site.route, hosts: [`nobody-${host}`] }],
    ...(other === undefined || other.host === host
      ? []
      : [["the other tenant's host", { path: site.route, hosts: [other.host] }] as const]),
  ];
  const anonymous = { path: site.route, hosts };
  return [
    ...signed.map(([name, request]) => ({
      name,
      sent: textOf(request),
      send: () => site.askBare(visitor, request),
    })),
    {
      name: "no credentials",
      sent: textOf(anonymous),
      send: () => site.askAnonymously(visitor, anonymous),
    },
  ];
}

export interface ForeignThing {
  readonly path: string;
  readonly foreign: Asked;
  readonly missing: Asked;
  readonly another: Asked;
}

const mostIds = 30;

/**
 * Something below the route that its owner is answered by its id, asked for by another tenant that has nothing of
 * that id in its own list; and two that nobody has. Null where there is none.
 */
export async function foreignThing(
  site: Site,
  owner: Visitor,
  asker: Visitor,
): Promise<ForeignThing | null> {
  const path = site.route.split("?")[0]!.replace(/\/$/, "");
  const theirs = new Set(idsIn(asker.page));
  for (const id of idsIn(owner.page)
    .filter((each) => !theirs.has(each))
    .slice(0, mostIds)) {
    const of = (visitor: Visitor, each: string) =>
      site.ask(visitor, { method: "GET", path: `${path}/${encodeURIComponent(each)}` });
    if (!isGood(await of(owner, id))) return null;
    const asked = async (each: string) => ({ answer: await of(asker, each), ids: [each] });
    const foreign = await asked(id);
    // Numbers that each tenant counts by itself: it has one of its own, beyond what its list showed.
    if (isGood(foreign.answer) && /^\d+$/.test(id)) continue;
    const [missing, another] = [await asked(likeId(id)), await asked(likeId(id))];
    return { path: `${path}/{id}`, foreign, missing, another };
  }
  return null;
}

function idsIn(page: Answer): readonly string[] {
  const leaves = leavesOf(jsonOf(page));
  return [...leaves]
    .filter(([path]) => /(^|\.)id$/i.test(path))
    .map(([, value]) => value.replace(/^"|"$/g, ""));
}

/** Of the same shape, and nobody's. */
function likeId(id: string): string {
  if (/^\d+$/.test(id)) return String(900_000_000 + randomBytes(3).readUIntBE(0, 3));
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)) return randomUUID();
  const letters = randomBytes(id.length).toString("hex");
  return [...id].map((letter, at) => (/[A-Za-z0-9]/.test(letter) ? letters[at]! : letter)).join("");
}
