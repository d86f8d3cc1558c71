import { jsonOf, type Answer } from "../http/message.js";
import { isVague, nounOfType, singular } from "./nouns.js";
import { looksLikeId } from "./id-shape.js";

/** A record in an answer. */
export interface Harvested {
  /** Null where only the route says what it is. */
  readonly noun: string | null;
  readonly id: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** Names around records that say nothing about them. */
const envelopes = new Set([
  "data",
  "items",
  "item",
  "results",
  "result",
  "records",
  "record",
  "rows",
  "nodes",
  "node",
  "edges",
  "payload",
  "content",
  "values",
  "list",
  "entries",
  "response",
  "body",
  "objects",
  "hits",
  "docs",
  "page",
  "pagination",
  "meta",
  "links",
  "_embedded",
]);
const idNames = ["id", "_id", "uuid", "uid", "guid", "slug", "key"];
const most = 1000;

/** Every record with an id, down to a depth of eight. */
export function harvest(answer: Pick<Answer, "text">): readonly Harvested[] {
  const found: Harvested[] = [];
  walk(jsonOf(answer), null, 8, found);
  return found;
}

function walk(value: unknown, noun: string | null, depth: number, found: Harvested[]): void {
  if (typeof value !== "object" || value === null || depth === 0 || found.length >= most) return;
  if (Array.isArray(value)) {
    for (const each of value as unknown[]) walk(each, noun, depth - 1, found);
    return;
  }
  const { __typename: type, ...fields } = plainFields(value);
  const id = idOf(fields);
  if (id !== undefined)
    found.push({ noun: type === undefined ? noun : nounOfType(type), id, fields });
  for (const [name, each] of Object.entries(value)) {
    walk(each, envelopes.has(name.toLowerCase()) ? noun : singular(name), depth - 1, found);
  }
}

function plainFields(value: object): Readonly<Record<string, string>> {
  const plain = Object.entries(value).filter(
    ([, each]) => typeof each === "string" || typeof each === "number",
  );
  return Object.fromEntries(plain.map(([name, each]) => [name, String(each)]));
}

function idOf(fields: Readonly<Record<string, string>>): string | undefined {
  const name = idNames.find((each) => fields[each] !== undefined && fields[each] !== "");
  return name === undefined ? undefined : fields[name];
}

/**
 * The one record that a create answers with: at the top, or within one envelope, or the first that is called
 * so; else what its Location ends in.
 */
export function createdIn(answer: Answer, noun: string): Harvested | null {
  const location = answer.headers
    .get("location")
    ?.replace(/[?#].*$/, "")
    .replace(/\/$/, "");
  const last = location?.slice(location.lastIndexOf("/") + 1);
  const body = jsonOf(answer);
  const candidates = isRecord(body)
    ? [
        body,
        ...Object.entries(body)
          .filter(([name]) => envelopes.has(name.toLowerCase()) || singular(name) === noun)
          .map(([, each]) => each),
      ]
    : [];
  for (const candidate of candidates.filter(isRecord)) {
    const fields = plainFields(candidate);
    const named = Object.entries(fields).find(
      ([name]) => !isVague(name) && singular(name) === `${noun}id`,
    )?.[1];
    const id = idOf(fields) ?? named;
    if (id !== undefined) return { noun, id, fields };
  }
  const within = harvest(answer).find((each) => each.noun === noun);
  if (within !== undefined) return within;
  return last !== undefined && looksLikeId(decodeURIComponent(last))
    ? { noun, id: decodeURIComponent(last), fields: {} }
    : null;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
