import { currentScope } from "../../core/context.js";
import { scopeArguments } from "./operations.js";
import { classifyModels, type TenantryPrismaOptions } from "./options.js";
import { assertRawAllowed } from "./raw-sql.js";
import { assertPrismaClient } from "./schema/client.js";
import { buildDataModel, type DataModel } from "./schema/data-model.js";
import { parseSchema } from "./schema/parse-schema.js";
import { keepScopesApart } from "./scope-batches.js";

/** What Prisma hands to a query extension. */
interface Call {
  readonly model?: string;
  readonly operation: string;
  readonly args: unknown;
  readonly query: (args: unknown) => Promise<unknown>;
}

declare const nothing: unique symbol;
/** An object type with no name in it, of the form that Prisma's types take. */
type NoAdditions = { readonly [nothing]?: never };

/** An extension that adds no method and no field: the client keeps its type. */
export interface QueryExtension {
  readonly $extends: {
    extArgs: {
      result: NoAdditions;
      model: NoAdditions;
      query: NoAdditions;
      client: NoAdditions;
    };
  };
}

/**
 * A Prisma Client extension that holds every operation to the tenant of the active scope: filters
 * get the tenant's condition, new rows the tenant's id, and what cannot be scoped is refused.
 *
 * `new PrismaClient({ adapter: new PrismaPg(tenantry.db) }).$extends(tenantryPrisma({ … }))`
 *
 * Apply it last: an extension that is applied after it could change what it made.
 * @throws {TenantryError} when applied: `CONFIG_INVALID`. In operations: `SCOPE_REQUIRED`,
 * `STATEMENT_REFUSED`
 */
export function tenantryPrisma(
  options: TenantryPrismaOptions,
): (client: unknown) => QueryExtension {
  return (client) => {
    assertPrismaClient(client);
    const { models } = client._runtimeDataModel;
    const classes = classifyModels(options, Object.keys(models));
    const data = buildDataModel(classes, models, parseSchema(client._engineConfig.inlineSchema));
    keepScopesApart(client);
    return client.$extends({
      name: "tenantry",
      query: { $allOperations: (call: Call) => scoped(data, call) },
    }) as QueryExtension;
  };
}

async function scoped(data: DataModel, call: Call): Promise<unknown> {
  const { model, operation, args, query } = call;
  const tenantId = currentScope().tenant.id;
  if (model === undefined) {
    assertRawAllowed(operation);
    return query(args);
  }
  return query(scopeArguments({ data, tenantId }, data.model(model), operation, args));
}
