import { currentScope } from "../../core/context.js";
import type { TenantTables } from "../orm/tenant-tables.js";
import { refused } from "../session/failures.js";
import { columnOf, isKind, subqueryParts, tableName } from "./entities.js";
import type { Judge, Needs } from "./judge.js";
import type { DrizzleChunk, DrizzleQuery, DrizzleSqlTag } from "./slices.js";

/** No name that a statement's author would give a placeholder. */
const placeholderName = "tenantry: the active scope's tenant";

/** What a database's statements are scoped by. */
export class Rules {
  /** Stands for the tenant until the statement is sent. */
  readonly tenant: object;

  constructor(
    readonly sql: DrizzleSqlTag,
    readonly tables: TenantTables,
    readonly judge: Judge,
  ) {
    this.tenant = sql.placeholder(placeholderName);
  }

  isTenantTable(table: object): boolean {
    const kind = this.tables.classOf(tableName(table));
    if (kind !== null) return kind === "tenant";
    throw refused(
      `Table ${JSON.stringify(tableName(table))}, which is neither in tables nor in global,`,
      "Add the table to the list that it belongs to.",
    );
  }

  /**
   * The condition that the source's rows must fulfil, or null.
   * @throws {TenantryError} `STATEMENT_REFUSED` for what is neither a listed table nor a scoped query
   */
  conditionOf(source: unknown, needs: Needs): DrizzleChunk | null {
    if (isKind(source, "Table")) {
      const table = source as object;
      return this.isTenantTable(table) ? this.#belongsToTenant(table) : null;
    }
    if (isKind(source, "Subquery") && subqueryParts(source).isWith) {
      needs.add(subqueryParts(source).alias);
    } else if (isKind(source, "Subquery")) {
      this.judge.look(source, needs);
    } else {
      this.judge.lookAtQuery(source, needs);
    }
    return null;
  }

  #belongsToTenant(table: object): DrizzleChunk {
    const column = columnOf(table, this.tables.column);
    if (column === undefined) throw this.withoutColumn(table);
    return this.sql`${column} = ${this.tenant}`;
  }

  withoutColumn(table: object): Error {
    return refused(
      `Table ${JSON.stringify(tableName(table))} without its property ${this.tables.column}`,
      "Declare the tenant's column in it, under that name.",
    );
  }

  /** All of `conditions` and, in brackets of its own so that no OR in it reaches further, `given`. */
  allOf(given: unknown, conditions: readonly DrizzleChunk[]): unknown {
    const first = given === undefined ? [] : [this.sql`(${given})`];
    const all = [...first, ...conditions];
    return all.length === 0
      ? undefined
      : all.reduce((left, right) => this.sql`${left} and ${right}`);
  }

  /** @returns null where the statement has no tenant in it */
  valuesOf(query: DrizzleQuery): (() => object) | null {
    if (!query.params.includes(this.tenant)) return null;
    return () => ({ [placeholderName]: currentScope().tenant.id });
  }
}
