import { defineHidden } from "../hidden-property.js";
import { tenantHeaders } from "../tenant-headers.js";

/** The slice of node's ServerResponse that carries the headers. */
export interface NodeResponseHead {
  getHeader(name: string): number | string | readonly string[] | undefined;
  setHeader(name: string, value: string): unknown;
  writeHead(status: number): unknown;
}

type Fields = readonly (readonly [name: string, value: unknown])[];

/**
 * Completes the headers of a tenant's response as they go out, whoever writes them: `res.send`,
 * `res.writeHead`, a stream's first chunk.
 * @param varies header names in lower case
 */
export function completeHead(response: NodeResponseHead, varies: readonly string[]): void {
  const writeHead = response.writeHead.bind(response) as (...values: unknown[]) => unknown;
  const complete = (status: number, ...rest: unknown[]): unknown => {
    const reason = typeof rest[0] === "string" ? [rest[0]] : [];
    const given = typeof rest[0] === "string" ? rest[1] : (rest[1] ?? rest[0]);
    return writeHead(status, ...reason, completed(response, given, varies));
  };
  defineHidden(response, "writeHead", complete);
  defineHidden(response, "writeHeader", complete);
}

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
  const theirs = fields.filter(([name]) => !isOneOf(ours, name));
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
  const given = fields.filter(([other]) => other.toLowerCase() === name);
  const values = given.length > 0 ? given.map(([, value]) => value) : [response.getHeader(name)];
  return values.flat().flatMap((value) => (value == null ? [] : [`${value as string | number}`]));
}

function isOneOf(fields: Fields, name: string): boolean {
  return fields.some(([other]) => other === name.toLowerCase());
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
