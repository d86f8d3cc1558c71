import {
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  type GraphQLArgument,
  type GraphQLInputField,
  type GraphQLInputType,
} from "graphql";
import type { Schema } from "../bodies/schema.js";
import type { Input } from "./operation.js";

type Field = GraphQLArgument | GraphQLInputField;

const deepest = 4;
/** Words of filters that say how, not what: `projectId: { eq: … }`. */
const equals = /^_?(eq|equals?|equalTo|is)$/i;
const among = /^_?(in|any|anyOf|oneOf)$/i;
const like = /^_?(i?like|contains|includes|search|startsWith)$/i;
const otherOperators =
  /^_?(n?eq|ne|neq|not|notIn|nin|gte?|lte?|lt|gt|and|or|some|every|none|endsWith|isNull|mode)$/i;

/** The plain values that arguments ask for, out of whatever input objects they stand in. */
export function inputsOf(args: readonly GraphQLArgument[]): readonly Input[] {
  const found = new Map<string, Input>();
  for (const input of args.flatMap((each) => walk(each, [], true))) {
    const before = found.get(input.name);
    if (before === undefined) found.set(input.name, input);
    else if (before.required && input.required)
      found.set(input.name, { ...before, paths: [...before.paths, ...input.paths] });
    else if (input.required) found.set(input.name, input);
  }
  return [...found.values()];
}

function walk(field: Field, above: readonly string[], needed: boolean): readonly Input[] {
  const path = [...above, field.name];
  const required = needed && isRequired(field);
  const type = getNullableType(field.type);
  if (isInputObjectType(type)) {
    const inner = Object.values(type.getFields());
    return path.length >= deepest ? [] : inner.flatMap((each) => walk(each, path, required));
  }
  const name = nameOf(path);
  if (name === null || name === "clientMutationId") return [];
  return [{ name, paths: [path], required, schema: schemaOf(field.type) }];
}

function isRequired({ type, defaultValue }: Field): boolean {
  return isNonNullType(type) && defaultValue === undefined;
}

/** Null for operators that no value of another tenant's can be tried with. */
function nameOf(path: readonly string[]): string | null {
  const last = path.at(-1)!;
  const what = path.at(-2);
  if (what === undefined) return last;
  if (equals.test(last) || like.test(last)) return what;
  if (among.test(last)) return /s$/.test(what) ? what : `${what}s`;
  return otherOperators.test(last) ? null : last;
}

/** What a body of the same shape would be described by. */
export function schemaOf(type: GraphQLInputType, depth = 0): Schema {
  const plain = getNullableType(type);
  if (isListType(plain)) return { type: "array", items: schemaOf(plain.ofType, depth) };
  const named = getNamedType(plain);
  if (isEnumType(named)) return { type: "string", enum: named.getValues().map(({ name }) => name) };
  if (!isInputObjectType(named)) return scalars(named.name);
  const fields = depth >= deepest ? [] : Object.values(named.getFields());
  return {
    type: "object",
    properties: Object.fromEntries(
      fields.map((field) => [field.name, schemaOf(field.type, depth + 1)]),
    ),
    required: fields.filter(isRequired).map(({ name }) => name),
  };
}

const known: readonly (readonly [RegExp, Schema])[] = [
  [/^(Int|Long|BigInt|PositiveInt|NonNegativeInt)$/, { type: "integer" }],
  [/^Float$/, { type: "number" }],
  [/^Boolean$/, { type: "boolean" }],
  [/^(JSON|JSONObject)$/, { type: "object" }],
  [/date.?time|timestamp|^instant$/i, { type: "string", format: "date-time" }],
  [/date/i, { type: "string", format: "date" }],
  [/uuid|guid/i, { type: "string", format: "uuid" }],
  [/email/i, { type: "string", format: "email" }],
  [/^(URL|URI)$/i, { type: "string", format: "uri" }],
];

function scalars(name: string): Schema {
  return known.find(([pattern]) => pattern.test(name))?.[1] ?? { type: "string" };
}
