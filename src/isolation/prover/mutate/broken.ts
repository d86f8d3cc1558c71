import type { Catalog } from "../../catalog/catalog.js";
import type { Reader } from "../../catalog/reader.js";
import type { Role } from "../../catalog/roles.js";
import type { ClassifiedTable, Subject, TenantContext } from "../../subject/subject.js";
import type { Acting } from "../acting.js";
import { readRights, type AllRights } from "../rights.js";
import type { SeededTable } from "../seed/index.js";
import { Stage } from "../stage.js";
import type { World } from "../world.js";
import { rereadCatalog } from "./reread.js";

/** The database as it was found sound. */
export interface Base {
  readonly connection: Reader;
  readonly stage: Stage;
  readonly subject: Subject;
  readonly world: World;
  readonly actingFor: (context: TenantContext) => Acting;
}

/** The same database with a guard broken, read anew. */
export interface Broken {
  readonly stage: Stage;
  readonly subject: Subject;
  readonly world: World;
  readonly rights: AllRights;
}

/**
 * Inside the savepoint in which the guard was broken.
 * @param statements that broke it
 * @param settings by which SQL is told the tenant now, beside those of before
 */
export async function readBroken(
  base: Base,
  statements: readonly string[],
  settings: readonly string[],
): Promise<Broken> {
  const { stage, connection } = base;
  const catalog = await stage.rolledBack(async () => {
    await stage.session.flush();
    return rereadCatalog(connection, base.subject.catalog, statements);
  });
  const subject = subjectIn(base.subject, catalog, stage.role, settings);
  const role = subject.appRoles[0]!;
  const acting = base.actingFor(subject.context);
  const broken = new Stage(stage.session, stage.power, role, acting);
  return {
    stage: broken,
    subject,
    world: worldIn(base.world, subject),
    rights: await readRights(broken, role, catalog.server.number),
  };
}

/** What the tables are does not change; how they are guarded does. */
function subjectIn(
  base: Subject,
  catalog: Catalog,
  role: Role,
  settings: readonly string[],
): Subject {
  const tables = [...base.tables].map(([oid, table]) => [oid, tableIn(table, catalog)] as const);
  const functions = [...catalog.functions].filter(
    ([oid, each]) => JSON.stringify(each) !== JSON.stringify(base.catalog.functions.get(oid)),
  );
  return {
    ...base,
    // Of functions only those that are new or changed: calling all of them again takes long.
    catalog: { ...catalog, functions: new Map(functions) },
    appRoles: [catalog.roles.get(role.oid) ?? role],
    tables: new Map(tables),
    context: { ...base.context, settings: [...base.context.settings, ...settings] },
  };
}

function tableIn(table: ClassifiedTable, catalog: Catalog): ClassifiedTable {
  const relation = catalog.relations.get(table.relation.oid) ?? table.relation;
  const number = table.tenantColumn?.number;
  return {
    ...table,
    relation,
    tenantColumn: relation.columns.find((column) => column.number === number),
  };
}

function worldIn(world: World, subject: Subject): World {
  const tables = [...world.tables].map(([oid, seeded]): readonly [number, SeededTable] => [
    oid,
    { ...seeded, table: subject.tables.get(oid) ?? seeded.table },
  ]);
  return {
    tenants: world.tenants,
    tables: new Map(tables),
    users: world.users,
    fresh: (table, tenant) => world.fresh(table, tenant),
    another: (table, tenant) => world.another(table, tenant),
  };
}
