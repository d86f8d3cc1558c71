import type { ModelClasses } from "../options.js";
import { unfit } from "../refusal.js";
import type { RuntimeField, RuntimeModel } from "./client.js";
import type { ForeignKey, SchemaModel } from "./parse-schema.js";

/**
 * - `carried`: between tenants' models, by a foreign key that carries the tenant: what it leads to
 *   belongs to the tenant of the row that it starts from
 * - `global`: leads to a model that all tenants read
 * - `fromGlobal`: leads from a global model to rows of all tenants
 * - `unknown`: none of these, or no key was found: refused wherever it is used
 */
export type RelationKind = "carried" | "global" | "fromGlobal" | "unknown";

export interface Relation {
  readonly name: string;
  readonly target: string;
  readonly kind: RelationKind;
  readonly isList: boolean;
  /** Whether the foreign key is on this side. */
  readonly holdsKey: boolean;
}

export interface Model {
  readonly name: string;
  readonly isTenant: boolean;
  readonly relations: ReadonlyMap<string, Relation>;
  /** Fields of compound keys, by the name that a `where` gives them. */
  readonly compounds: ReadonlyMap<string, readonly string[]>;
  /** Whether the tenant's field is part of one of its foreign keys. */
  readonly tenantIsForeignKey: boolean;
}

export interface DataModel {
  /** The field that holds the tenant's id. */
  readonly field: string;
  model(name: string): Model;
}

type Runtime = Readonly<Record<string, RuntimeModel>>;
type Schema = ReadonlyMap<string, SchemaModel>;

/** @throws {TenantryError} `CONFIG_INVALID` for tenants' models whose id is not the tenant's alone */
export function buildDataModel(classes: ModelClasses, runtime: Runtime, schema: Schema): DataModel {
  const models = new Map(
    Object.keys(runtime).map((name) => [name, buildModel(name, classes, runtime, schema)]),
  );
  return {
    field: classes.field,
    model(name) {
      const model = models.get(name);
      if (model === undefined) throw unfit(`no model ${name}.`, "Generate the client again.");
      return model;
    },
  };
}

function buildModel(name: string, classes: ModelClasses, runtime: Runtime, schema: Schema): Model {
  const { field } = classes;
  const isTenant = classes.tenant.has(name);
  const described = schema.get(name);
  const { fields } = runtime[name]!;
  if (isTenant && !fields.some((one) => one.name === field && one.kind === "scalar")) {
    throw unfit(
      `the tenants' model ${name} has no field ${field}.`,
      `Add it (${field} String @map("tenant_id") @db.Uuid), or name the model in globalModels.`,
    );
  }
  if (isTenant && !described?.id.includes(field)) {
    throw unfit(
      `the id of ${name} lacks ${field}, so Prisma would find other tenants' rows by it.`,
      `Give it @@id([${field}, id]).`,
    );
  }
  const relations = fields.filter(({ kind }) => kind === "object");
  return {
    name,
    isTenant,
    relations: new Map(
      relations.map((one) => [one.name, buildRelation(name, one, classes, runtime, schema)]),
    ),
    compounds: described?.compounds ?? new Map<string, readonly string[]>(),
    tenantIsForeignKey: [...(described?.foreignKeys.values() ?? [])].some((key) =>
      key.fields.includes(field),
    ),
  };
}

function buildRelation(
  from: string,
  field: RuntimeField,
  classes: ModelClasses,
  runtime: Runtime,
  schema: Schema,
): Relation {
  const own = schema.get(from)?.foreignKeys.get(field.name);
  const key = own ?? oppositeKey(from, field, runtime, schema);
  return {
    name: field.name,
    target: field.type,
    isList: schema.get(from)?.lists.has(field.name) ?? false,
    holdsKey: own !== undefined,
    kind:
      key === undefined
        ? "unknown"
        : kindOf(classes, classes.tenant.has(from), classes.tenant.has(field.type), key),
  };
}

function oppositeKey(
  from: string,
  { name, type, relationName }: RuntimeField,
  runtime: Runtime,
  schema: Schema,
): ForeignKey | undefined {
  const opposite = runtime[type]?.fields.find(
    (other) =>
      other.kind === "object" &&
      other.type === from &&
      other.relationName === relationName &&
      !(type === from && other.name === name),
  );
  return opposite && schema.get(type)?.foreignKeys.get(opposite.name);
}

function kindOf(
  { field }: ModelClasses,
  fromTenant: boolean,
  toTenant: boolean,
  { fields, references }: ForeignKey,
): RelationKind {
  if (fromTenant && toTenant) {
    return fields.some((name, i) => name === field && references[i] === field)
      ? "carried"
      : "unknown";
  }
  // Such a key would take the row's tenant from a row that all tenants share.
  if (fields.includes(field) || references.includes(field)) return "unknown";
  return toTenant ? "fromGlobal" : "global";
}
