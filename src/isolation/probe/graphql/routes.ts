import { isInterfaceType, type GraphQLField, type GraphQLSchema } from "graphql";
import { synthesise } from "../bodies/synthesise.js";
import { unusable } from "../problem.js";
import type { Method, Route } from "../routes/route.js";
import { isVague, nounOfReference, nounOfType, singular } from "../things/nouns.js";
import { entityOf, isEntity, isMany } from "./entity.js";
import { inputsOf, schemaOf } from "./inputs.js";
import type { GraphqlOperation, Input } from "./operation.js";
import { fragmentOf, selectionOf } from "./select.js";
import { verbOf, type Verb } from "./verb.js";

type Field = GraphQLField<unknown, unknown>;

/** A nested field may forget its tenant as well as one at the root. */
const everything = { records: 2, isWhole: true };
/** What a mutation does is done, though a part of its answer be refused: so that is kept small. */
const idsAlone = { records: 1, isWhole: false };

/**
 * Every root field as a route: `project(id:)` reads `/Project/{id}`, `createProject` posts to `/Project`. The
 * attacks see ids, filters and bodies, and know nothing of GraphQL.
 * @throws {TenantryError} `CONFIG_INVALID`
 */
export function routesOfSchema(schema: GraphQLSchema, endpoint: string): readonly Route[] {
  const queries = Object.values(schema.getQueryType()?.getFields() ?? {});
  const mutations = Object.values(schema.getMutationType()?.getFields() ?? {});
  const routes = [
    ...queries.flatMap((field) => queriesOf(field, schema, endpoint)),
    ...mutations.map((field) => mutationOf(field, schema, endpoint)),
  ];
  if (routes.length > 0) return routes;
  throw unusable("The GraphQL schema has no query and no mutation.", "Check it.");
}

/** One for each type where the field answers any record by its id, as `node` does. */
function queriesOf(field: Field, schema: GraphQLSchema, endpoint: string): readonly Route[] {
  const entity = entityOf(field.type);
  if (entity === null || !isInterfaceType(entity))
    return [
      queryOf(field, selectionOf(field.type, schema, everything), entity?.name ?? null, endpoint),
    ];
  const types = schema.getPossibleTypes(entity).filter(isEntity);
  return types.map((type) =>
    queryOf(field, fragmentOf(type, schema, everything), type.name, endpoint, ` (${type.name})`),
  );
}

function queryOf(
  field: Field,
  selection: string,
  entity: string | null,
  endpoint: string,
  which = "",
): Route {
  const inputs = inputsOf(field.args);
  const own = isMany(field.type) ? undefined : ownIdIn(inputs, entity);
  const parents = inputs.filter((input) => input !== own && input.required && isReference(input));
  const inPath = own === undefined ? parents : [...parents, own];
  const segments = [...parents.map(inBraces), nameFor(entity, field)];
  return {
    ...common(operationOf("query", field, inputs, { selection, endpoint, which }), inPath),
    method: "GET",
    template: templateOf(segments, own),
    query: inputs
      .filter((input) => !inPath.includes(input))
      .map(({ name, required, schema }) => ({ name, required, schema })),
    body: null,
    creates: false,
  };
}

const methods: Readonly<Record<Verb, Method>> = {
  create: "POST",
  update: "PATCH",
  delete: "DELETE",
  other: "POST",
};

function mutationOf(field: Field, schema: GraphQLSchema, endpoint: string): Route {
  const { verb, rest } = verbOf(field.name);
  const entity = verb === "delete" ? rest : (entityOf(field.type)?.name ?? rest);
  const all = inputsOf(field.args);
  const creates = verb === "create";
  // An id that a new record may be given is the service's to choose.
  const inputs = creates ? all.filter(({ name, required }) => name !== "id" || required) : all;
  const own = creates
    ? undefined
    : (ownIdIn(inputs, entity) ?? inputs.find((each) => each.required && isReference(each)));
  const noun = ownNoun(own, nounOfType(entity));
  const isBare = verb === "other" && own === undefined && singular(rest) !== noun;
  const action = verb === "other" && own !== undefined ? `/${field.name}` : "";
  const template = templateOf(isBare ? [noun, rest] : [noun], own) + action;
  const inBody = inputs.filter((input) => input !== own);
  const selection = selectionOf(field.type, schema, idsAlone);
  return {
    ...common(
      operationOf("mutation", field, inputs, { selection, endpoint, which: "" }),
      own === undefined ? [] : [own],
    ),
    method: methods[verb],
    template,
    query: [],
    body: inBody.length === 0 ? null : { contentType: "application/json", schema: bodyOf(inBody) },
    creates,
  };
}

/** `moveTask(taskId:)` is about a task, whatever it answers. */
function ownNoun(own: Input | undefined, noun: string): string {
  return own === undefined || isVague(own.name) ? noun : (nounOfReference(own.name) ?? noun);
}

function bodyOf(inputs: readonly Input[]) {
  return {
    type: "object",
    properties: Object.fromEntries(inputs.map(({ name, schema }) => [name, schema])),
    required: inputs.filter(({ required }) => required).map(({ name }) => name),
  };
}

function common(graphql: GraphqlOperation, inPath: readonly Input[]) {
  const path = Object.fromEntries(inPath.map(({ name, schema }) => [name, schema]));
  return { graphql, fixedQuery: "", path, source: "graphql" as const };
}

function operationOf(
  kind: GraphqlOperation["kind"],
  field: Field,
  inputs: readonly Input[],
  rest: Pick<GraphqlOperation, "selection" | "endpoint"> & {
    readonly which: string;
  },
): GraphqlOperation {
  const { which, ...given } = rest;
  return {
    kind,
    field: field.name,
    title: `${kind} ${field.name}${which}`,
    ...given,
    args: field.args.map(({ name, type }) => ({ name, type: String(type) })),
    inputs,
    usual: usualOf(field, inputs),
  };
}

/** What every request needs besides ids: the sizes of pages, and something for what is required. */
function usualOf({ args }: Field, inputs: readonly Input[]): Readonly<Record<string, unknown>> {
  const source = { canary: "a", tenant: "a", sparse: true, referenceTo: () => undefined };
  const given = args.flatMap(({ name, type }): readonly (readonly [string, unknown])[] => {
    if (/^(first|limit|take|pageSize|perPage)$/.test(name)) return [[name, 50]];
    if (!String(type).endsWith("!")) return [];
    const isPlain = inputs.some(({ paths }) => paths.some((path) => path.join(".") === name));
    return [[name, isPlain ? synthesise(schemaOf(type), name, source) : {}]];
  });
  return Object.fromEntries(given);
}

/** The argument that says which record: `id`, or `projectId` of a project. */
function ownIdIn(inputs: readonly Input[], entity: string | null): Input | undefined {
  const noun = entity === null ? null : nounOfType(entity);
  const named = inputs.filter(({ name }) => noun !== null && nounOfReference(name) === noun);
  const vague = inputs.filter((input) => isVague(input.name) && isReference(input));
  const all = [...vague, ...named].filter(({ schema }) => schema.type !== "array");
  return all.find(({ required }) => required) ?? all[0];
}

function isReference({ name, schema }: Input): boolean {
  const isOne = schema.type === "string" || schema.type === "integer";
  return isOne && schema.enum === undefined && (isVague(name) || nounOfReference(name) !== null);
}

function nameFor(entity: string | null, { name }: Field): string {
  return entity === null ? name : nounOfType(entity);
}

function templateOf(segments: readonly string[], own: Input | undefined): string {
  const named = segments.map((each) => (each.startsWith("{") ? each : singular(each)));
  return `/${[...named, ...(own === undefined ? [] : [inBraces(own)])].join("/")}`;
}

function inBraces({ name }: Input): string {
  return `{${name}}`;
}
