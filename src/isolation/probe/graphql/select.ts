import {
  getNamedType,
  isAbstractType,
  isCompositeType,
  isInterfaceType,
  isLeafType,
  isObjectType,
  isRequiredArgument,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLOutputType,
  type GraphQLSchema,
} from "graphql";
import { isEntity } from "./entity.js";

/** How many records deep, and how many wrappers around them. */
const deepest = { records: 2, wrappers: 4 };
const mostFields = 40;
/** In all: some services refuse what asks for too much. */
const mostInAll = 200;
const mostTypes = 10;

type Field = GraphQLField<unknown, unknown>;

interface Depth {
  readonly records: number;
  readonly wrappers: number;
  /** Shared by the whole selection. */
  readonly budget: { fields: number };
}

/**
 * Every plain value of what a field answers, and of the records that it holds: a nested field may forget its
 * tenant as well as one at the root. Empty for a plain value.
 */
export function selectionOf(type: GraphQLOutputType, schema: GraphQLSchema): string {
  return select(getNamedType(type), schema, whole());
}

/** The same of one type, behind an interface. */
export function fragmentOf(type: GraphQLNamedType, schema: GraphQLSchema): string {
  return `{ __typename ... on ${type.name} ${select(type, schema, whole())} }`;
}

function whole(): Depth {
  return { ...deepest, budget: { fields: mostInAll } };
}

function select(type: GraphQLNamedType, schema: GraphQLSchema, left: Depth): string {
  if (!isCompositeType(type)) return "";
  if (isAbstractType(type)) return alternatives(type, schema, left);
  const depth = isEntity(type)
    ? { ...left, records: left.records - 1 }
    : { ...left, wrappers: left.wrappers - 1 };
  const fields = Object.values(type.getFields())
    .filter(({ args }) => !args.some(isRequiredArgument))
    .slice(0, mostFields);
  const isPlain = ({ type: inner }: Field) => isLeafType(getNamedType(inner));
  const plain = fields.filter(isPlain).map(({ name }) => name);
  depth.budget.fields -= plain.length;
  const held = fields
    .filter((field) => !isPlain(field))
    .flatMap((each) => partOf(each, schema, depth));
  return `{ ${["__typename", ...plain, ...held].join(" ")} }`;
}

function partOf({ name, type }: Field, schema: GraphQLSchema, depth: Depth): readonly string[] {
  const isTooMuch = depth.records <= 0 || depth.wrappers <= 0 || depth.budget.fields <= 0;
  return isTooMuch || name === "query"
    ? []
    : [`${name} ${select(getNamedType(type), schema, depth)}`];
}

/** Ids, and under names of their own the plain values: fields of one name may be of different types. */
function alternatives(type: GraphQLNamedType, schema: GraphQLSchema, left: Depth): string {
  if (!isAbstractType(type)) return "";
  const shared = isInterfaceType(type) ? Object.values(type.getFields()) : [];
  const common = shared.filter((field) => isLeafType(getNamedType(field.type)) && isFree(field));
  const names = new Set(common.map(({ name }) => name));
  const types = left.records <= 0 ? [] : schema.getPossibleTypes(type).slice(0, mostTypes);
  const fragments = types.filter(isObjectType).map((each) => {
    const own = Object.values(each.getFields())
      .filter((field) => isLeafType(getNamedType(field.type)) && isFree(field))
      .filter(({ name }) => !names.has(name))
      .slice(0, mostFields)
      .map(({ name }) => (name === "id" ? name : `${each.name}_${name}: ${name}`));
    return own.length === 0 ? "" : `... on ${each.name} { ${own.join(" ")} }`;
  });
  return `{ ${["__typename", ...names, ...fragments].filter(Boolean).join(" ")} }`;
}

function isFree({ args }: Field): boolean {
  return !args.some(isRequiredArgument);
}
