import type { Route } from "../routes/route.js";
import { jsonOf, type Answer, type Outgoing } from "./message.js";

type Value = Readonly<Record<string, unknown>>;

const holders = [
  "meta",
  "pagination",
  "paging",
  "page",
  "links",
  "_links",
  "pageInfo",
  "page_info",
];
const pointers = /^_?(next|end)(_?(cursor|page|token|page_?token|offset|link|url))?$/i;
const parameters = /^(cursor|after|page_?token|page|offset|starting_?after|token)$/i;

/** The request for the page after an answer, by its Link line or what stands in it; null where it is the last. */
export function nextPage(
  outgoing: Outgoing,
  answer: Answer,
  route: Pick<Route, "query" | "fixedQuery">,
): Outgoing | null {
  if (outgoing.field !== undefined) return null;
  const link = /<([^>]+)>\s*;[^,]*rel="?next"?/i.exec(answer.headers.get("link") ?? "")?.[1];
  const pointer = link ?? pointerIn(jsonOf(answer));
  if (pointer === null || pointer === "") return null;
  const path = /^(https?:\/)?\//.test(pointer)
    ? pathOf(pointer, outgoing)
    : withParameter(outgoing.path, parameterOf(route), pointer);
  return path === outgoing.path ? null : { ...outgoing, path };
}

function pointerIn(body: unknown): string | null {
  if (!isRecord(body)) return null;
  const inside = holders.map((name) => body[name]).filter(isRecord);
  for (const each of [body, ...inside]) {
    if (each["hasNextPage"] === false || each["has_more"] === false) return null;
    const found = Object.entries(each).find(([name, value]) => pointers.test(name) && value);
    const value = isRecord(found?.[1]) ? found[1]["href"] : found?.[1];
    if (typeof value === "string" || typeof value === "number") return String(value);
  }
  return null;
}

/** Of a URL the query alone is taken: the path stays the one that is probed. */
function pathOf(pointer: string, { path }: Outgoing): string {
  return path.replace(/\?.*$/, "") + new URL(pointer, "http://localhost").search;
}

function parameterOf({ query, fixedQuery }: Pick<Route, "query" | "fixedQuery">): string {
  const names = [...query.map(({ name }) => name), ...new URLSearchParams(fixedQuery).keys()];
  return names.find((name) => parameters.test(name)) ?? "cursor";
}

function withParameter(path: string, name: string, value: string): string {
  const [plain = "", search = ""] = path.split("?", 2);
  const query = new URLSearchParams(search);
  query.set(name, value);
  return `${plain}?${query.toString()}`;
}

function isRecord(value: unknown): value is Value {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
