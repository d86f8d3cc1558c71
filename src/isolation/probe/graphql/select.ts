import {
  getNamedType,
  isAbstractType,
  isCompositeType,
  isInterfaceType,
  isLeafType,
  isObjectType,
  isRequiredArgument,
  type GraphQLField,
  type GraphQLInterfaceType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
} from "graphql";
import { isEntity } from "./entity.js";

const mostWrappers = 4;
const mostFields = 40;
/** In all: some services refuse what asks for too much. */
const mostInAll = 120;
const mostTypes = 10;

type Field = GraphQLField<unknown, unknown>;

export interface Wanted {
  /** How many records deep. */
  readonly records: number;
  /** Of records all plain values, and not their ids alone. */
  readonly isWhole: boolean;
}

interface Depth extends Wanted {
  readonly wrappers: number;
  /** Shared by the whole selection. */
  readonly budget: { fields: number };
}

/**
 * Every plain value of what a field answers, and of the records that it holds, so many deep. Empty for a plain
 * value.
 */
export function selectionOf(
  type: GraphQLOutputType,
  schema: GraphQLSchema,
  wanted: Wanted,
): string {
  return select(getNamedType(type), schema, whole(wanted));
}

/** The same of one type, behind an interface. */
export function fragmentOf(type: GraphQLNamedType, schema: GraphQLSchema, wanted: Wanted): string {
  return `{ __typename ... on ${type.name} ${select(type, schema, whole(wanted))} }`;
}

function whole(wanted: Wanted): Depth {
  return { ...wanted, wrappers: mostWrappers, budget: { fields: mostInAll } };
}

function select(type: GraphQLNamedType, schema: GraphQLSchema, left: Depth): string {
  if (!isCompositeType(type)) return "";
  if (isAbstractType(type)) return alternatives(type, schema, left);
  const depth = isEntity(type)
    ? { ...left, records: left.records - 1 }
    : { ...left, wrappers: left.wrappers - 1 };
  const all = plainOf(type).filter(({ name }) => left.isWhole || !isEntity(type) || isId(name));
  const plain = taken(all, depth).map(({ name }) => name);
  const others = freeOf(type).filter((field) => !isPlain(field));
  const held = others.slice(0, mostFields).flatMap((field) => partOf(field, schema, depth));
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
  const common = isInterfaceType(type) ? plainOf(type).map(({ name }) => name) : [];
  const types = left.records <= 0 ? [] : schema.getPossibleTypes(type).slice(0, mostTypes);
  const fragments = types.filter(isObjectType).flatMap((each) => {
    const own = plainOf(each).filter(({ name }) => !common.includes(name));
    const names = taken(own, left).map(({ name }) =>
      name === "id" ? name : `${each.name}_${name}: ${name}`,
    );
    return names.length === 0 ? [] : [`... on ${each.name} { ${names.join(" ")} }`];
  });
  return `{ ${["__typename", ...common, ...fragments].join(" ")} }`;
}

/** As many as are left. */
function taken(fields: readonly Field[], { budget }: Depth): readonly Field[] {
  const some = fields.slice(0, Math.max(0, Math.min(mostFields, budget.fields)));
  budget.fields -= some.length;
  return some;
}

function plainOf(type: GraphQLObjectType | GraphQLInterfaceType): readonly Field[] {
  // The id before all that may be cut off.
  const rank = ({ name }: Field) => Number(name !== "id");
  return freeOf(type)
    .filter(isPlain)
    .sort((a, b) => rank(a) - rank(b));
}

/** Those that can be asked for without saying more. */
function freeOf(type: GraphQLObjectType | GraphQLInterfaceType): readonly Field[] {
  return Object.values(type.getFields()).filter(({ args }) => !args.some(isRequiredArgument));
}

function isId(name: string): boolean {
  return /^(id|_id|uuid)$/.test(name);
}

function isPlain({ type }: Field): boolean {
  return isLeafType(getNamedType(type));
}
