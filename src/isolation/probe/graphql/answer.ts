import { jsonOf, type Answer } from "../http/message.js";

type Value = Readonly<Record<string, unknown>>;

/**
 * An answer as one of HTTP would be: GraphQL has 200 for nearly everything, and says in the body whether it
 * did what it was asked. What is not GraphQL stays as it is.
 */
export function readGraphql(answer: Answer, field: string): Answer {
  const body = jsonOf(answer);
  if (!isRecord(body) || (body["data"] === undefined && body["errors"] === undefined))
    return answer;
  const value = isRecord(body["data"]) ? body["data"][field] : null;
  const [error] = recordsIn(body["errors"]);
  if (isSomething(value)) {
    const refusal = refusalIn(value);
    return refusal === null ? answer : { ...answer, ...refusal };
  }
  if (error === undefined) return { ...answer, status: 404, words: JSON.stringify(value ?? null) };
  return { ...answer, ...readError(error, answer.status) };
}

/** `deleteProject: false` says as much as null. */
function isSomething(value: unknown): boolean {
  return value !== null && value !== undefined && value !== false;
}

type Reading = Pick<Answer, "status" | "words">;

/** Errors that are part of the schema: `userErrors` in a payload, or a type that is called so. */
function refusalIn(value: unknown): Reading | null {
  if (!isRecord(value)) return null;
  const name = typeof value["__typename"] === "string" ? value["__typename"] : "";
  if (/(error|failure|problem|denied|forbidden|notfound)$/i.test(name))
    return { status: statusOfWords(name) ?? 422, words: `a ${name}` };
  const [error] = ["userErrors", "errors"].flatMap((each) => recordsIn(value[each]));
  if (error === undefined) return null;
  const text = textOf(error);
  return { status: statusOfWords(text) ?? 422, words: `the error ${JSON.stringify(text)}` };
}

/** By what it says first: many services give one code to all that goes wrong. */
function readError(error: Value, status: number): Reading {
  const given = isRecord(error["extensions"]) ? error["extensions"]["code"] : undefined;
  const code = typeof given === "string" ? given : "";
  const text = textOf(error);
  const words = `the error ${JSON.stringify(code === "" ? text : code)}`;
  const read = statusOfWords(text) ?? statusOfWords(code.replaceAll("_", " "));
  return { status: read ?? (status >= 400 ? status : 500), words };
}

const signs: readonly (readonly [number, RegExp])[] = [
  [401, /unauthenticated|not (authenticated|logged in|signed in)|sign in|log in|invalid token/i],
  [
    404,
    /not ?found|does ?n.t exist|does not exist|no such|no \w+ (with|was)|unknown id|Cannot return null/i,
  ],
  [
    403,
    /forbidden|not allowed|not authori[sz]ed|unauthori[sz]ed|permission|access denied|AccessDenied/i,
  ],
  [429, /rate limit|too many/i],
  [
    400,
    /bad (user )?input|invalid|validation|parse failed|required|expected type|must (be|have|not)|not provided|Cannot query|Unknown argument/i,
  ],
];

function statusOfWords(text: string): number | null {
  return signs.find(([, pattern]) => pattern.test(text))?.[0] ?? null;
}

function textOf({ message }: Value): string {
  return typeof message === "string" ? message.slice(0, 100) : "";
}

function recordsIn(value: unknown): readonly Value[] {
  return Array.isArray(value) ? (value as unknown[]).filter(isRecord) : [];
}

function isRecord(value: unknown): value is Value {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
