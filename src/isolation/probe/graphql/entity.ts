import {
  getNamedType,
  getNullableType,
  isInterfaceType,
  isListType,
  isObjectType,
  isUnionType,
  type GraphQLInterfaceType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLOutputType,
} from "graphql";

/** A kind of record: what has an id. */
export type EntityType = GraphQLObjectType | GraphQLInterfaceType;

/** What a field's value is about: the type itself, or what a payload, a connection or an edge holds. */
export function entityOf(type: GraphQLOutputType, depth = 4): EntityType | null {
  const named = getNamedType(type);
  if (isEntity(named)) return named;
  if (depth === 0) return null;
  const inner = isUnionType(named)
    ? named.getTypes()
    : isObjectType(named)
      ? inOrder(named).map((field) => field.type)
      : [];
  for (const each of inner) {
    const found = entityOf(each, depth - 1);
    if (found !== null) return found;
  }
  return null;
}

/** Nodes and edges first: what a connection has besides is about itself. */
function inOrder(type: GraphQLObjectType) {
  const rank = ({ name }: { name: string }) => Number(!/^(nodes|edges|node)$/.test(name));
  return Object.values(type.getFields())
    .filter(({ name }) => !/^(userErrors|errors|query|pageInfo)$/.test(name))
    .sort((a, b) => rank(a) - rank(b));
}

export function isEntity(type: GraphQLNamedType): type is EntityType {
  return hasId(type);
}

function hasId(type: GraphQLNamedType): boolean {
  if (!isObjectType(type) && !isInterfaceType(type)) return false;
  const fields = type.getFields();
  return ["id", "_id", "uuid"].some((name) => fields[name] !== undefined);
}

/** A list, or what pages through one. */
export function isMany(type: GraphQLOutputType): boolean {
  const plain = getNullableType(type);
  if (isListType(plain)) return true;
  if (!isObjectType(plain) || hasId(plain)) return false;
  return Object.values(plain.getFields()).some(
    ({ name, type: inner }) =>
      /^(nodes|edges|items|results|data|rows)$/.test(name) && isListType(getNullableType(inner)),
  );
}
