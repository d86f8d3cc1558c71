import { fieldsOf } from "./plain.js";
import { refused } from "./refusal.js";
import type { Model } from "./schema/data-model.js";
import { applyParts, asGiven, orderBy, selection } from "./scoping/read.js";
import { cursor, uniqueWhere } from "./scoping/unique.js";
import { filter, scopedWhere } from "./scoping/where.js";
import type { Part, Work } from "./scoping/work.js";
import { createData, createManyData, updateData } from "./scoping/write.js";

interface Operation {
  readonly writes: boolean;
  /** Every argument that it takes. */
  readonly parts: Readonly<Record<string, Part>>;
}

const chosen = { select: selection, include: selection, omit: asGiven };
const one = { ...chosen, relationLoadStrategy: asGiven };
const unique = { ...one, where: uniqueWhere };
const many = { where: scopedWhere, orderBy, cursor, take: asGiven, skip: asGiven };
const found = { ...many, ...chosen, distinct: asGiven, relationLoadStrategy: asGiven };
const functions = { _count: asGiven, _avg: asGiven, _sum: asGiven, _min: asGiven, _max: asGiven };
const changed = { where: scopedWhere, data: updateData, limit: asGiven };

const reads = (parts: Operation["parts"]): Operation => ({ writes: false, parts });
const writes = (parts: Operation["parts"]): Operation => ({ writes: true, parts });

/** What Prisma 7 can do with a model on PostgreSQL. An operation that is not here is refused. */
const operations: Readonly<Record<string, Operation>> = {
  findUnique: reads(unique),
  findUniqueOrThrow: reads(unique),
  findFirst: reads(found),
  findFirstOrThrow: reads(found),
  findMany: reads(found),
  count: reads({ ...many, select: asGiven, distinct: asGiven }),
  aggregate: reads({ ...many, ...functions }),
  groupBy: reads({ ...many, ...functions, by: asGiven, having: filter }),
  create: writes({ ...one, data: createData }),
  createMany: writes({ data: createManyData, skipDuplicates: asGiven }),
  createManyAndReturn: writes({ ...chosen, data: createManyData, skipDuplicates: asGiven }),
  update: writes({ ...unique, data: updateData }),
  updateMany: writes(changed),
  updateManyAndReturn: writes({ ...changed, ...chosen }),
  upsert: writes({ ...unique, create: createData, update: updateData }),
  delete: writes(unique),
  deleteMany: writes({ where: scopedWhere, limit: asGiven }),
};

/**
 * The operation's arguments, held to the tenant.
 * @throws {TenantryError} `STATEMENT_REFUSED` for what cannot be
 */
export function scopeArguments(
  work: Work,
  model: Model,
  name: string,
  args: unknown,
): Record<string, unknown> {
  const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
  if (operation === undefined) {
    throw refused(`The operation ${model.name}.${name}`, "The extension does not know it.");
  }
  if (operation.writes && !model.isTenant) {
    throw refused(
      `${model.name}.${name}, a write to a global model,`,
      "All tenants read it; write it as operator, or name the model in tenantModels.",
    );
  }
  const given = fieldsOf(args ?? {}, "An argument");
  // A statement without a where is for all rows of the tenant; one whose where is undefined says so
  // by accident.
  const whole = operation.parts["where"] === scopedWhere && !Object.hasOwn(given, "where");
  return applyParts(work, model, whole ? { ...given, where: {} } : given, operation.parts);
}
