import { tenantHeaders } from "../tenant-headers.js";

/** The slice of node's ServerResponse that carries the headers. */
export interface NodeResponseHead {
  getHeader(name: string): number | string | readonly string[] | undefined;
  setHeader(name: string, value: string): unknown;
  /** Returns no value in HTTP/2. */
  writeHead(status: number, ...rest: never[]): unknown;
  getHeaderNames(): readonly string[];
}

type Fields = readonly (readonly [name: string, value: unknown])[];

/**
 * Completes the headers of a tenant's response as they go out, whoever writes them: `res.send`,
 * `res.writeHead`, a stream's first chunk.
 * @param varies header names in lower case
 */
export function completeHead(response: NodeResponseHead, varies: readonly string[]): void {
  const writeHead = response.writeHead.bind(response) as (...values: unknown[]) => unknown;
  // A middleware before this one has a writeHead of its own, and looks for headers that are set.
  const isWrapped = Object.hasOwn(response, "writeHead");
  const complete = (status: number, ...rest: unknown[]): unknown => {
    const reason = typeof rest[0] === "string" ? [rest[0]] : [];
    const given = typeof rest[0] === "string" ? rest[1] : (rest[1] ?? rest[0]);
    const headers =
      (isWrapped ? null : withDefaults(response, given, varies)) ??
      completed(response, given, varies);
    return writeHead(status, ...reason, headers);
  };
  response.writeHead = complete;
  (response as { writeHeader?: unknown }).writeHeader = complete;
}

/**
 * The quick way for most responses: an object is all there is, and says nothing of ours. Passed on as
 * a list it is written several times as fast as headers that are set. Null where it is not so.
 */
function withDefaults(
  response: NodeResponseHead,
  given: unknown,
  varies: readonly string[],
): unknown[] | null {
  if (typeof given !== "object" || given === null || Array.isArray(given)) return null;
  if (response.getHeaderNames().length > 0) return null;
  const list: unknown[] = [];
  for (const name of Object.keys(given)) {
    if (isOurs(name)) return null;
    list.push(name, (given as Record<string, unknown>)[name]);
  }
  list.push(...defaultFields(varies));
  return list;
}

/** What a response gets whose handler said nothing: the same for all of one Tenantry. */
function defaultFields(varies: readonly string[]): readonly string[] {
  let fields = defaults.get(varies);
  if (fields === undefined) {
    const { cacheControl, vary } = tenantHeaders([], null, varies);
    fields = ["cache-control", cacheControl, ...(vary === null ? [] : ["vary", vary])];
    defaults.set(varies, fields);
  }
  return fields;
}

const defaults = new WeakMap<readonly string[], readonly string[]>();

/** The headers as they were given to `writeHead`, in their own shape, with ours in place of theirs. */
function completed(response: NodeResponseHead, given: unknown, varies: readonly string[]): unknown {
  const fields = fieldsOf(given);
  const final = tenantHeaders(
    valuesOf("vary", fields, response),
    valuesOf("cache-control", fields, response).join(", "),
    varies,
  );
  const ours: (readonly [string, string])[] = [["cache-control", final.cacheControl]];
  if (final.vary !== null) ours.push(["vary", final.vary]);
  const theirs = fields.filter(([name]) => !isOurs(name));
  // A list stays one: it may hold a header twice, which node drops once a header was set before.
  if (Array.isArray(given)) {
    const all = [...theirs, ...ours];
    return isFlat(given) ? all.flat() : all;
  }
  // Set, so that a middleware with a writeHead of its own finds them and adds to them.
  for (const [name, value] of ours) response.setHeader(name, value);
  return Object.fromEntries(theirs);
}

/** What `writeHead` is given wins over what was set before, as it does in node. */
function valuesOf(name: string, fields: Fields, response: NodeResponseHead): readonly string[] {
  const given = fields.filter(([other]) => isNamed(other, name));
  const values = given.length > 0 ? given.map(([, value]) => value) : [response.getHeader(name)];
  return values.flat().flatMap((value) => (value == null ? [] : [`${value as string | number}`]));
}

function isOurs(name: string): boolean {
  return isNamed(name, "cache-control") || isNamed(name, "vary");
}

function isNamed(spelled: string, name: string): boolean {
  return spelled.length === name.length && spelled.toLowerCase() === name;
}

/** `writeHead` takes an object, names and values in turn, or pairs. */
function fieldsOf(given: unknown): Fields {
  if (typeof given !== "object" || given === null) return [];
  if (!Array.isArray(given)) return Object.entries(given);
  const list = given as readonly unknown[];
  if (!isFlat(list)) return list as Fields;
  return list.flatMap((name, index) =>
    index % 2 === 0 ? [[String(name), list[index + 1]] as const] : [],
  );
}

function isFlat(list: readonly unknown[]): boolean {
  return !Array.isArray(list[0]);
}
