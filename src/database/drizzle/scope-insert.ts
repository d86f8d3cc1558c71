import { currentScope } from "../../core/context.js";
import { refused } from "../session/failures.js";
import { columnOf, isKind, isText, textOf } from "./entities.js";
import type { Needs } from "./judge.js";
import type { Rules } from "./rules.js";
import { lookAtFields, requireTable, withoutDefined } from "./scope-query.js";
import type { Config, DrizzleChunk } from "./slices.js";

/** Fills the tenant's column; an ON CONFLICT changes rows of the tenant only. */
export function scopeInsert(
  config: Config,
  rules: Rules,
): { readonly config: Config; readonly needs: Needs } {
  const table = requireTable(config["table"]);
  const needs: Needs = new Set();
  const condition = rules.conditionOf(table, needs);
  lookAtFields(config["returning"], rules, needs);
  const values = scopeValues(config, table, condition !== null, rules, needs);
  const onConflict = scopeOnConflict(config["onConflict"], condition, rules, needs);
  const scoped = { ...config, values, ...(onConflict === null ? {} : { onConflict }) };
  return { config: scoped, needs: withoutDefined(needs, config["withList"], rules) };
}

function scopeValues(
  config: Config,
  table: object,
  ofTenant: boolean,
  rules: Rules,
  needs: Needs,
): unknown {
  const key = rules.tables.column;
  if (config["select"] === true) {
    if (ofTenant) {
      throw refused(
        "An insert of a select into a tenant's table",
        `Read the rows and insert them as values: its ${key} could not be filled here.`,
      );
    }
    const query = config["values"] as { getSQL(): unknown };
    const sql = query.getSQL();
    rules.judge.lookAtQuery(sql, needs);
    return { getSQL: () => sql };
  }
  return (config["values"] as readonly Config[]).map((row) => {
    for (const [name, value] of Object.entries(row)) {
      // Left out, as an undefined property is, which the column's default then fills.
      const isLeftOut = isKind(value, "Param") && (value as Config)["value"] === undefined;
      if (name !== key && !isLeftOut) rules.judge.look(value, needs);
    }
    if (!ofTenant) return row;
    assertOwn(row[key], key);
    return { ...row, [key]: rules.tenant };
  });
}

/** A tenant that is given is compared, never believed. */
function assertOwn(given: unknown, key: string): void {
  const value = isKind(given, "Param") ? (given as Config)["value"] : given;
  if (value === undefined || value === currentScope().tenant.id) return;
  throw refused(
    `An insert with another ${key} than the scope's`,
    `Leave ${key} out: it is filled.`,
  );
}

/** @throws {TenantryError} `STATEMENT_REFUSED` where the tenant would be set */
export function scopeSet(table: object, set: Config, rules: Rules): Config {
  const key = rules.tables.column;
  if (rules.isTenantTable(table)) {
    const column = columnOf(table, key);
    if (column === undefined) throw rules.withoutColumn(table);
    if (set[key] !== undefined || column.onUpdateFn !== undefined) {
      throw refused(`Setting ${key}`, "Leave it out: a row stays with its tenant.");
    }
  }
  const needs: Needs = new Set();
  const scoped = Object.entries(set).map(([name, value]) => {
    if (!isKind(value, "SQL")) return [name, value] as const;
    rules.judge.look(value, needs);
    // Text outside of brackets could go on with a comma and another column.
    return [name, rules.sql`(${value})`] as const;
  });
  if (needs.size > 0) throw refused("Setting from a WITH query", "Join it with from().");
  return Object.fromEntries(scoped);
}

const doUpdate = " do update set ";

/** Takes apart what onConflictDoUpdate() has put together, and adds the condition to its filter. */
function scopeOnConflict(
  onConflict: unknown,
  condition: DrizzleChunk | null,
  rules: Rules,
  needs: Needs,
): DrizzleChunk | null {
  if (onConflict === undefined) return null;
  const { queryChunks: chunks } = onConflict as DrizzleChunk;
  const others = chunks.filter((chunk) => !isText(chunk));
  for (const chunk of others) rules.judge.look(chunk, needs);
  const at = chunks.findIndex((chunk) => isText(chunk) && textOf(chunk) === doUpdate);
  if (at === -1) {
    const texts = chunks.filter(isText).map(textOf).join("");
    if (/^(?:\(\))? ?do nothing$/.test(texts)) return onConflict as DrizzleChunk;
    throw refusedConflict();
  }
  const { sql } = rules;
  const [set, ...filters] = chunks
    .slice(at + 1)
    .filter((chunk) => !isText(chunk) && chunk !== undefined);
  if (set === undefined || rules.judge.needsOf(set as object) === null || filters.length > 1) {
    throw refusedConflict();
  }
  const before = sql.join(chunks.slice(0, at) as never[]);
  const given = filters.map(conditionIn)[0];
  const where = rules.allOf(given, condition === null ? [] : [condition]);
  const filter = where === undefined ? undefined : sql` where ${where}`;
  return sql`${before} do update set ${set}${filter}`;
}

/** What stands behind `where`. */
function conditionIn(filter: unknown): unknown {
  const [word, condition, end] = (filter as DrizzleChunk).queryChunks;
  if (isText(word) && textOf(word) === " where " && (!isText(end) || textOf(end) === "")) {
    return condition;
  }
  throw refusedConflict();
}

function refusedConflict(): Error {
  return refused(
    "An ON CONFLICT of an unknown form",
    "Use onConflictDoUpdate or onConflictDoNothing.",
  );
}
