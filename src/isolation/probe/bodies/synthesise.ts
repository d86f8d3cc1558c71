import { canaryLength } from "../things/canary.js";
import { nounOfReference } from "../things/nouns.js";
import { isTenantName } from "../identity/identity.js";
import { flatten, typeOf, type Schema } from "./schema.js";
import { textFor } from "./text-for.js";

/** What a body is filled in from. */
export interface Source {
  /** Its own for every body. */
  readonly canary: string;
  /** The id of a thing of this kind that the sender's tenant has; undefined where it has none. */
  readonly referenceTo: (noun: string) => string | undefined;
  /** The sender's tenant, for a field that names it. */
  readonly tenant: string;
  /** Leave out what is not required. */
  readonly sparse: boolean;
}

/** A value that the schema allows, with the canary wherever a free text is asked for. */
export function synthesise(schema: Schema, name: string, source: Source, depth = 0): unknown {
  const whole = flatten(schema);
  if (whole.const !== undefined) return whole.const;
  const reference = referenceFor(whole, name, source);
  if (reference !== undefined) return reference;
  if (whole.enum !== undefined) return whole.enum.find((each) => each !== null);
  switch (typeOf(whole)) {
    case "object":
      return objectOf(whole, source, depth);
    case "array":
      return arrayOf(whole, name, source, depth);
    case "integer":
    case "number":
      return numberOf(whole);
    case "boolean":
      return whole.default ?? false;
    case "null":
      return null;
    default:
      return textOrExample(whole, name, source);
  }
}

function objectOf(
  { properties = {}, required = [] }: Schema,
  source: Source,
  depth: number,
): unknown {
  const entries = Object.entries(properties).flatMap(([name, property]) => {
    const isRequired = required.includes(name);
    if (property.readOnly === true && !isRequired) return [];
    if (!isRequired && (source.sparse || depth > 2 || !isWorthwhile(name, property, source)))
      return [];
    return [[name, synthesise(property, name, source, depth + 1)] as const];
  });
  return Object.fromEntries(entries);
}

/** Optional references that nothing is there for are left out, as is the tenant, which is an attack's. */
function isWorthwhile(name: string, property: Schema, { referenceTo }: Source): boolean {
  if (isTenantName(name) || typeOf(flatten(property)) === "object") return false;
  const noun = nounOfReference(name);
  return noun === null || referenceTo(noun) !== undefined;
}

function arrayOf(
  { items = {}, minItems = 0 }: Schema,
  name: string,
  source: Source,
  depth: number,
): unknown {
  const noun = nounOfReference(name);
  const count =
    noun !== null && source.referenceTo(noun) !== undefined ? Math.max(1, minItems) : minItems;
  return Array.from({ length: Math.min(count, 10) }, () =>
    synthesise(items, name, source, depth + 1),
  );
}

function numberOf({
  minimum,
  maximum,
  exclusiveMinimum,
  multipleOf,
  example,
  default: usual,
}: Schema): number {
  const given = [example, usual].find((each) => typeof each === "number");
  if (given !== undefined) return given;
  const above =
    typeof exclusiveMinimum === "number"
      ? exclusiveMinimum + 1
      : exclusiveMinimum === true
        ? (minimum ?? 0) + 1
        : minimum;
  const least = above ?? Math.min(1, maximum ?? 1);
  return multipleOf === undefined ? least : Math.ceil(least / multipleOf) * multipleOf;
}

function referenceFor(schema: Schema, name: string, { referenceTo, tenant }: Source): unknown {
  const type = typeOf(schema);
  if (!["string", "integer", "number", "unknown"].includes(type)) return undefined;
  const noun = nounOfReference(name);
  const id = noun === null ? undefined : referenceTo(noun);
  if (id === undefined && isTenantName(name) && /id|slug/i.test(name)) return tenant;
  return id !== undefined && type !== "string" && /^\d+$/.test(id) ? Number(id) : id;
}

function textOrExample(schema: Schema, name: string, { canary }: Source): unknown {
  const text = textFor(schema, name, canary);
  const fits = (schema.maxLength ?? Infinity) >= canaryLength;
  const given = [
    schema.example,
    Array.isArray(schema.examples) ? (schema.examples as unknown[])[0] : undefined,
    schema.default,
  ];
  const example = given.find((each) => typeof each === "string");
  return fits && text.includes(canary) ? text : (example ?? text);
}
