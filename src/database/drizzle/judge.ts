import { whyUnfit } from "../orm/raw-text.js";
import { refused } from "../session/failures.js";
import { isKind, isText, subqueryParts, textOf } from "./entities.js";
import { isMark, refusedRaw } from "./raw.js";
import type { DrizzleChunk } from "./slices.js";

/** Names of WITH queries that a piece of SQL reads and does not define. */
export type Needs = Set<string>;

/**
 * Looks through what people pass to the query builder. SQL that the scoped dialect built is trusted;
 * all else may be an expression, and no more.
 */
export class Judge {
  readonly #built = new WeakMap<object, ReadonlySet<string>>();

  /** From here on, `sql` is what the scoped dialect built. */
  trust<T extends object>(sql: T, needs: ReadonlySet<string> = new Set()): T {
    // As it was judged, so it stays: Drizzle's append() changes what it is called on.
    Object.freeze((sql as Partial<DrizzleChunk>).queryChunks);
    this.#built.set(sql, needs);
    return sql;
  }

  /** What a statement needs that the scoped dialect built; null for one that it did not build. */
  needsOf(sql: object): ReadonlySet<string> | null {
    return this.#built.get(sql) ?? null;
  }

  isMarked(sql: unknown): sql is DrizzleChunk {
    return isKind(sql, "SQL") && (sql as DrizzleChunk).queryChunks.some(isMark);
  }

  /** @throws {TenantryError} `STATEMENT_REFUSED` unless it is a query that was scoped, or is marked */
  lookAtQuery(sql: unknown, needs: Needs): void {
    const known = typeof sql === "object" && sql !== null && this.#built.has(sql);
    if (!known && !this.isMarked(sql)) throw refusedRaw("it stands for a table or a query");
    this.look(sql, needs);
  }

  /** @throws {TenantryError} `STATEMENT_REFUSED` */
  look(chunk: unknown, needs: Needs): void {
    if (typeof chunk !== "object" || chunk === null || isMark(chunk)) return;
    const known = this.#built.get(chunk);
    if (known !== undefined) {
      for (const name of known) needs.add(name);
    } else if (Array.isArray(chunk)) {
      for (const item of chunk) this.look(item, needs);
    } else if (isKind(chunk, "SQL")) {
      this.#lookAtSql(chunk as DrizzleChunk, needs);
    } else if (isKind(chunk, "SQL.Aliased")) {
      this.look((chunk as { sql: unknown }).sql, needs);
    } else if (isKind(chunk, "Subquery")) {
      const { sql, alias, isWith } = subqueryParts(chunk);
      if (isWith) needs.add(alias);
      else this.lookAtQuery(sql, needs);
    } else if (isKind(chunk, "View")) {
      throw refused("A view", "Read its tables: a view's rows cannot be scoped from outside.");
    } else if (isKind(chunk, "Param")) {
      if ((chunk as { value: unknown }).value === undefined) throw refusedUndefined();
    } else if (!["Column", "Table", "Name", "Placeholder"].some((name) => isKind(chunk, name))) {
      const { getSQL } = chunk as { getSQL?: unknown };
      if (typeof getSQL === "function") this.look(Reflect.apply(getSQL, chunk, []), needs);
    }
  }

  #lookAtSql(sql: DrizzleChunk, needs: Needs): void {
    const { queryChunks } = sql;
    if (this.isMarked(sql)) {
      // Whatever it reads by name, its author has written the WITH for it.
      for (const chunk of queryChunks) if (!isText(chunk)) this.look(chunk, new Set());
      return;
    }
    const why = whyUnfit(fragmentsOf(queryChunks));
    if (why !== null) throw refusedRaw(why);
    for (const chunk of queryChunks) if (!isText(chunk)) this.look(chunk, needs);
  }
}

/** The text between what is put into it. */
function fragmentsOf(chunks: readonly unknown[]): readonly string[] {
  const fragments: string[] = [];
  let fragment = "";
  for (const chunk of chunks) {
    if (isText(chunk)) fragment += textOf(chunk);
    else if (chunk !== undefined) {
      fragments.push(fragment);
      fragment = "";
    }
  }
  return [...fragments, fragment];
}

export function refusedUndefined(): Error {
  return refused(
    "undefined in a statement, or as its filter,",
    "Check the value first; where no filter is meant, leave the call of where() out.",
  );
}
