import { TenantryError } from "../../core/tenantry-error.js";

/** Which tables the extension may meet, as the manifest in the database says it. */
export interface TenantTableOptions {
  /** Tables whose rows belong to one tenant each, as statements name them: `project`, `crm.contact`. */
  readonly tables: readonly string[];
  /** Tables that all tenants share. Default none. A table in neither list is refused. */
  readonly global?: readonly string[];
  /** The tenant column of every tenant table. Default `tenant_id`. */
  readonly column?: string;
}

export type TableClass = "tenant" | "global";

export interface TenantTables {
  readonly column: string;
  /** Null for a table in neither list. */
  classOf(name: string): TableClass | null;
}

const mostTables = 10_000;

/** @throws {TenantryError} `CONFIG_INVALID` */
export function readTenantTables(where: string, options: TenantTableOptions): TenantTables {
  const column = options?.column ?? "tenant_id";
  if (typeof column !== "string" || column === "") {
    throw invalid(`${where}: column is not a name.`, 'Leave it out for "tenant_id".');
  }
  const classes = new Map<string, TableClass>();
  enter(where, classes, "tenant", options?.tables);
  enter(where, classes, "global", options?.global ?? []);
  if (classes.size > mostTables) {
    throw invalid(`${where}: more than ${mostTables} tables.`, "List those that it is used for.");
  }
  return { column, classOf: (name) => classes.get(name) ?? null };
}

function enter(
  where: string,
  classes: Map<string, TableClass>,
  kind: TableClass,
  names: unknown,
): void {
  if (!Array.isArray(names)) {
    throw invalid(`${where}: the ${kind} tables are not a list.`, 'Pass tables: ["project", …].');
  }
  for (const name of names as unknown[]) {
    if (typeof name !== "string" || !/^[^.\s]+(?:\.[^.\s]+)?$/.test(name)) {
      throw invalid(
        `${where}: ${JSON.stringify(name) ?? "undefined"} is not a table's name.`,
        "Write it as statements do, with its schema only where they name it.",
      );
    }
    if (classes.has(name)) {
      throw invalid(`${where}: table ${JSON.stringify(name)} is listed twice.`, "Keep one.");
    }
    classes.set(name, kind);
  }
}

export function invalid(message: string, fix: string): TenantryError {
  return new TenantryError("CONFIG_INVALID", { message, fix });
}
