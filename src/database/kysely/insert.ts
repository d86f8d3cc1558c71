import { currentScope } from "../../core/context.js";
import { tenantParameter } from "../orm/tenant-parameter.js";
import { refused } from "../session/failures.js";
import { refusedKind } from "./expressions.js";
import {
  allOf,
  columnName,
  columnNode,
  identifier,
  isNode,
  mapChildren,
  nodesOf,
  tableNode,
  tenantValue,
  type Node,
} from "./nodes.js";
import { readTarget, type SourceRules } from "./sources.js";
import { scopeUpdates } from "./updates.js";

/** Fills the tenant's column; an ON CONFLICT changes rows of the tenant only. */
export function scopeInsert(query: Node, rules: SourceRules): Node {
  const { into, values, onConflict, ...rest } = query;
  if (!isNode(into)) throw refusedKind(query.kind);
  const { node, condition } = readTarget(into, rules);
  const scoped = isNode(values) ? rules.inside(values) : undefined;
  const written = { ...mapChildren(rest, rules.inside), into: node };
  const filled =
    condition === null
      ? { ...written, ...(scoped === undefined ? {} : { values: scoped }) }
      : { ...written, ...fill(nodesOf(query["columns"]), scoped, rules.tables.column) };
  if (!isNode(onConflict)) return filled;
  return { ...filled, onConflict: scopeOnConflict(onConflict, condition, rules) };
}

function fill(columns: readonly Node[], values: Node | undefined, column: string): object {
  const withColumn = [...columns, columnNode(column)];
  if (values === undefined) {
    const row = { kind: "ValueListNode", values: [tenantValue] };
    return { columns: withColumn, values: valuesNode([row]), defaultValues: false };
  }
  const at = columns.findIndex((each) => columnName(each) === column);
  if (values.kind === "ValuesNode") {
    const rows = nodesOf(values["values"]);
    if (at !== -1)
      return { columns, values: valuesNode(rows.map((row) => withOwn(row, at, column))) };
    return { columns: withColumn, values: valuesNode(rows.map(withTenant)) };
  }
  if (values.kind !== "SelectQueryNode" || columns.length === 0 || at !== -1) {
    throw refused(
      `An insert whose ${column} Tenantry cannot fill`,
      `Name the columns without ${column}, and give values or a select for them.`,
    );
  }
  return { columns: withColumn, values: selectWithTenant(values) };
}

const valuesNode = (rows: readonly Node[]): Node => ({ kind: "ValuesNode", values: rows });

const isPrimitive = (row: Node): boolean => row.kind === "PrimitiveValueListNode";
const valuesOf = (row: Node): readonly unknown[] => row["values"] as readonly unknown[];
const tenantIn = (row: Node): unknown => (isPrimitive(row) ? tenantParameter : tenantValue);

const withTenant = (row: Node): Node => ({ ...row, values: [...valuesOf(row), tenantIn(row)] });

/** A tenant that is given is compared, never believed. */
function withOwn(row: Node, at: number, column: string): Node {
  const given = valuesOf(row)[at];
  const isLeftOut = !isPrimitive(row) && isNode(given) && given.kind === "DefaultInsertValueNode";
  const value = isPrimitive(row) || !isNode(given) ? given : given["value"];
  if (!isLeftOut && value !== currentScope().tenant.id) {
    throw refused(
      `An insert with another ${column} than the scope's`,
      `Leave ${column} out: it is filled.`,
    );
  }
  return { ...row, values: valuesOf(row).map((each, i) => (i === at ? tenantIn(row) : each)) };
}

/** `select source.*, <tenant> from (<query>) as source`, whatever the query is made of. */
function selectWithTenant(query: Node): Node {
  const alias = "tenantry_source";
  const every = {
    kind: "ReferenceNode",
    column: { kind: "SelectAllNode" },
    table: tableNode(alias),
  };
  const tenant = {
    kind: "CastNode",
    expression: tenantValue,
    dataType: { kind: "DataTypeNode", dataType: "uuid" },
  };
  return {
    kind: "SelectQueryNode",
    from: {
      kind: "FromNode",
      froms: [{ kind: "AliasNode", node: query, alias: identifier(alias) }],
    },
    selections: [
      every,
      { kind: "AliasNode", node: tenant, alias: identifier("tenantry_tenant") },
    ].map((selection) => ({ kind: "SelectionNode", selection })),
  };
}

function scopeOnConflict(node: Node, condition: Node | null, rules: SourceRules): Node {
  const { updates, updateWhere, ...rest } = node;
  const scoped = mapChildren(rest, rules.inside);
  if (updates === undefined) return scoped;
  const given = isNode(updateWhere) ? rules.inside(updateWhere["where"] as Node) : undefined;
  const all = allOf(given, condition === null ? [] : [condition]);
  return {
    ...scoped,
    updates: scopeUpdates(updates, condition !== null, rules),
    ...(all === undefined ? {} : { updateWhere: { kind: "WhereNode", where: all } }),
  };
}
