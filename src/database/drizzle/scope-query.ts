import { refused } from "../session/failures.js";
import { isKind, subqueryParts } from "./entities.js";
import { refusedUndefined, type Needs } from "./judge.js";
import type { Rules } from "./rules.js";
import type { Config, DrizzleChunk } from "./slices.js";

interface Join {
  readonly table: unknown;
  readonly joinType: string;
  readonly on?: unknown;
}

interface Scoped {
  readonly config: Config;
  readonly needs: Needs;
}

interface Lock {
  readonly strength: unknown;
  readonly config?: { readonly of?: unknown };
}

const lockStrengths: readonly unknown[] = ["update", "no key update", "share", "key share"];

/** The parts of a select, each looked at, with the tenant's conditions among them. */
export function scopeSelect(config: Config, rules: Rules): Scoped {
  const { judge } = rules;
  assertFilter(config);
  const needs: Needs = new Set();
  lookAtFields(config["fieldsFlat"] ?? config["fields"], rules, needs);
  for (const part of ["having", "orderBy", "groupBy", "limit", "offset"]) {
    judge.look(config[part], needs);
  }
  judge.look((config["distinct"] as { on?: unknown } | undefined)?.on, needs);
  lookAtLock(config["lockingClause"] as Lock | undefined, rules, needs);
  const scoped = scopeReading(config, config["table"], rules, needs);
  const own = withoutDefined(needs, config["withList"], rules);
  // The other side does not see this side's WITH.
  const setOperators = listOf(config["setOperators"]).map((each) =>
    scopeSetOperator(each, rules, own),
  );
  return { config: { ...config, ...scoped, setOperators }, needs: own };
}

function lookAtLock(lock: Lock | undefined, { judge }: Rules, needs: Needs): void {
  if (lock === undefined) return;
  judge.look(lock.config?.of, needs);
  if (lockStrengths.includes(lock.strength)) return;
  throw refused("A lock of an unknown strength", 'Use "update" or "share".');
}

export function scopeUpdate(config: Config, rules: Rules): Scoped {
  assertFilter(config);
  const needs: Needs = new Set();
  const target = rules.conditionOf(requireTable(config["table"]), needs);
  lookAtFields(config["returning"], rules, needs);
  const conditions = target === null ? [] : [target];
  const scoped = scopeReading(config, config["from"], rules, needs, conditions);
  return {
    config: { ...config, ...scoped },
    needs: withoutDefined(needs, config["withList"], rules),
  };
}

export function scopeDelete(config: Config, rules: Rules): Scoped {
  assertFilter(config);
  const needs: Needs = new Set();
  lookAtFields(config["returning"], rules, needs);
  const scoped = scopeReading(config, requireTable(config["table"]), rules, needs);
  return {
    config: { ...config, ...scoped },
    needs: withoutDefined(needs, config["withList"], rules),
  };
}

export function requireTable(table: unknown): object {
  if (isKind(table, "Table")) return table as object;
  throw refused("Writing to what is no table", "Pass a table of pgTable().");
}

/** The source, its joins and the filter. */
function scopeReading(
  config: Config,
  source: unknown,
  rules: Rules,
  needs: Needs,
  conditions: DrizzleChunk[] = [],
): Config {
  const own = source === undefined ? null : rules.conditionOf(source, needs);
  if (own !== null) conditions.push(own);
  const joins = listOf(config["joins"]) as unknown as readonly Join[];
  const scopedJoins = joins.map((join) => {
    rules.judge.look(join.on, needs);
    const condition = rules.conditionOf(join.table, needs);
    if (!["inner", "left", "cross"].includes(join.joinType)) throw refusedJoin(join.joinType);
    if (condition === null) return join;
    if (join.on === undefined) {
      conditions.push(condition);
      return join;
    }
    return { ...join, on: rules.allOf(join.on, [condition]) };
  });
  rules.judge.look(config["where"], needs);
  const where = rules.allOf(config["where"], conditions);
  return config["joins"] === undefined ? { where } : { where, joins: scopedJoins };
}

const listOf = (value: unknown): readonly Config[] =>
  Array.isArray(value) ? (value as Config[]) : [];

/** A filter that was given and is undefined; the relational builder always names its own. */
function assertFilter(config: Config): void {
  if (config["fieldsFlat"] !== undefined) return;
  if ("where" in config && config["where"] === undefined) throw refusedUndefined();
}

/** Selected fields: a list of `{ field }`, or an object of fields and of further objects. */
export function lookAtFields(fields: unknown, rules: Rules, needs: Needs): void {
  if (typeof fields !== "object" || fields === null) return;
  if (Array.isArray(fields)) {
    for (const { field } of fields as { field: unknown }[]) rules.judge.look(field, needs);
    return;
  }
  for (const field of Object.values(fields)) {
    const isPlain =
      typeof field === "object" &&
      field !== null &&
      Object.getPrototypeOf(field) === Object.prototype;
    if (isPlain) lookAtFields(field, rules, needs);
    else rules.judge.look(field, needs);
  }
}

/** What a statement needs besides its own WITH queries, of which each sees those before it. */
export function withoutDefined(body: Needs, withList: unknown, { judge, tables }: Rules): Needs {
  const defined = new Set<string>();
  const needs: Needs = new Set();
  const add = (names: Needs): void => {
    for (const name of names) if (!defined.has(name)) needs.add(name);
  };
  for (const query of Array.isArray(withList) ? (withList as unknown[]) : []) {
    const { sql, alias } = subqueryParts(query);
    if (tables.classOf(alias) !== null) {
      throw refused(`A WITH query named like the table ${JSON.stringify(alias)}`, "Rename it.");
    }
    const own: Needs = new Set();
    judge.lookAtQuery(sql, own);
    add(own);
    defined.add(alias);
  }
  add(body);
  return needs;
}

function scopeSetOperator(operator: Config, { judge }: Rules, needs: Needs): Config {
  const sql = (operator["rightSelect"] as { getSQL(): unknown }).getSQL();
  judge.lookAtQuery(sql, needs);
  for (const part of ["orderBy", "limit", "offset"]) judge.look(operator[part], needs);
  return { ...operator, rightSelect: { getSQL: () => sql } };
}

function refusedJoin(type: string): Error {
  return refused(
    `A ${type} join`,
    "Write it as a left join from the other side: its rows could not be scoped here.",
  );
}
