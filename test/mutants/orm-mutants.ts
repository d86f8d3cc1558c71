import type { SourceMutant } from "./source-mutants.js";

/** Each is killed by a probe of test/database/orm, with row security off. */
export const kyselyMutants: readonly SourceMutant[] = [
  {
    name: "a tenant table gets no condition",
    file: "database/kysely/sources.ts",
    changes: [["return belongsToTenant(reference, tables.column);", "return null;"]],
    killedBy: "an OR in the filter",
  },
  {
    name: "the given filter gets no brackets",
    file: "database/kysely/nodes.ts",
    changes: [["[parens(given), ...conditions]", "[given, ...conditions]"]],
    killedBy: "an OR in raw text",
  },
  {
    name: "a joined table gets no condition",
    file: "database/kysely/joins.ts",
    changes: [["on: allOf(given, own)", "on: given"]],
    killedBy: "an inner join",
  },
  {
    name: "a right join's condition stands in ON",
    file: "database/kysely/joins.ts",
    changes: [["if (outer) {", "if (outer && given === undefined) {"]],
    killedBy: "a right join",
  },
  {
    name: "an update FROM another table looks at the target alone",
    file: "database/kysely/scope-query.ts",
    changes: [
      [
        "if (condition !== null) conditions.push",
        "if (conditions.length === 0 && condition !== null) conditions.push",
      ],
    ],
    killedBy: "an update FROM another table",
  },
  {
    name: "a tenant that is given on insert is not compared",
    file: "database/kysely/insert.ts",
    changes: [["!isLeftOut && value !== currentScope().tenant.id", "currentScope() === value"]],
    killedBy: "an insert for another tenant among many",
  },
  {
    name: "a conflict changes any row",
    file: "database/kysely/insert.ts",
    changes: [["allOf(given, condition === null ? [] : [condition])", "given"]],
    killedBy: "a conflict of keys with another tenant's row",
  },
  {
    name: "the tenant may be set",
    file: "database/kysely/updates.ts",
    changes: [["ofTenantTable && name === tables.column", 'name === ""']],
    killedBy: "setting the tenant",
  },
  {
    name: "a raw value gets no brackets",
    file: "database/kysely/updates.ts",
    changes: [["parens(inside(value))", "inside(value)"]],
    killedBy: "a raw value that goes on with the tenant",
  },
  {
    name: "raw text is not looked at",
    file: "database/kysely/raw.ts",
    changes: [["if (why !== null) throw refusedRaw(why);", ""]],
    killedBy: "a raw sub-select",
  },
  {
    name: "any bracket may be closed",
    file: "database/orm/raw-text.ts",
    changes: [["if (depth < 0)", "if (depth < -9)"]],
    killedBy: "a bracket that closes the filter",
  },
  {
    name: "TABLE is no word of tables",
    file: "database/orm/raw-text.ts",
    changes: [["|table|", "|"]],
    killedBy: "a raw sub-select in TABLE's form",
  },
  {
    name: "a comment may begin in raw text",
    file: "database/orm/raw-text.ts",
    changes: [["/--|\\/\\*|", "/\\/\\*|"]],
    killedBy: "a comment",
  },
  {
    name: "a quote may be left open",
    file: "database/orm/raw-text.ts",
    changes: [["if (quoted.length === 1) closed = false;", ""]],
    killedBy: "a quote left open",
  },
  {
    name: "a word may touch what is put into it",
    file: "database/orm/raw-text.ts",
    changes: [['return "a word touches what is put into it";', ""]],
    killedBy: "a word made of two pieces",
  },
  {
    name: "what was compiled elsewhere is sent",
    file: "database/kysely/scoped-driver.ts",
    changes: [["if (!this.owner.scoped.has(query)) {", "if (query === null) {"]],
    killedBy: "a statement compiled by hand",
  },
  {
    name: "text may stand behind the query",
    file: "database/kysely/expressions.ts",
    changes: [["raw !== undefined && !isMarked(raw)", "raw === null"]],
    killedBy: "text behind the query",
  },
  {
    name: "a table in no list is global",
    file: "database/kysely/sources.ts",
    changes: [["throw refusedTable(name);", "return null;"]],
    killedBy: "a table in no list",
  },
  {
    name: "every WITH query sees those behind it",
    file: "database/kysely/scope-query.ts",
    changes: [[`if (node["recursive"] === true)`, "if (names.size >= 0)"]],
    killedBy: "a table in no list, under the name of a later WITH query",
  },
  {
    name: "a WITH query may be named like a table",
    file: "database/kysely/scope-query.ts",
    changes: [
      ["if (tables.classOf(name) === null) return name;", "if (name !== null) return name;"],
    ],
    killedBy: "a WITH query named like a table",
  },
  {
    name: "a WITH query's name hides the table that is written to",
    file: "database/kysely/sources.ts",
    changes: [["readSource(node, { ...rules, names: new Set() })", "readSource(node, rules)"]],
    killedBy: "a write to a table in no list, under the name of a WITH query",
  },
  {
    name: "undefined is a value",
    file: "database/kysely/expressions.ts",
    changes: [[`if (node["value"] === undefined) throw refusedUndefined();`, ""]],
    killedBy: "undefined in a comparison",
  },
  {
    name: "a filter of nothing is a filter",
    file: "database/kysely/expressions.ts",
    changes: [["if (isOneEqualsOne(node)) throw refusedUndefined();", ""]],
    killedBy: "a filter of nothing",
  },
  {
    name: "a function's name may be any text",
    file: "database/kysely/expressions.ts",
    changes: [[`assertName(node["func"]);`, ""]],
    killedBy: "a function's name with more in it",
  },
];

export const drizzleMutants: readonly SourceMutant[] = [
  {
    name: "a tenant table gets no condition",
    file: "database/drizzle/rules.ts",
    changes: [["this.isTenantTable(table) ? this.#belongsToTenant(table) : null", "null"]],
    killedBy: "all columns",
  },
  {
    name: "the given filter gets no brackets",
    file: "database/drizzle/rules.ts",
    changes: [["[this.sql`(${given})`]", "[given as DrizzleChunk]"]],
    killedBy: "an OR in raw text",
  },
  {
    name: "a joined table gets no condition",
    file: "database/drizzle/scope-query.ts",
    changes: [["on: rules.allOf(join.on, [condition])", "on: join.on"]],
    killedBy: "a left join",
  },
  {
    name: "any join is scoped in ON",
    file: "database/drizzle/scope-query.ts",
    changes: [[`["inner", "left", "cross"]`, `["inner", "left", "cross", "right"]`]],
    killedBy: "a right join",
  },
  {
    name: "an update FROM another table looks at the target alone",
    file: "database/drizzle/scope-query.ts",
    changes: [
      [
        "if (own !== null) conditions.push(own);",
        "if (own !== null && conditions.length === 0) conditions.push(own);",
      ],
    ],
    killedBy: "an update FROM another table",
  },
  {
    name: "a tenant that is given on insert is not compared",
    file: "database/drizzle/scope-insert.ts",
    changes: [["assertOwn(row[key], key);", ""]],
    killedBy: "an insert for another tenant",
  },
  {
    name: "the tenant may be set",
    file: "database/drizzle/scope-insert.ts",
    changes: [["set[key] !== undefined || column.onUpdateFn", "column.onUpdateFn"]],
    killedBy: "setting the tenant",
  },
  {
    name: "a raw value gets no brackets",
    file: "database/drizzle/scope-insert.ts",
    changes: [["return [name, rules.sql`(${value})`] as const;", "return [name, value] as const;"]],
    killedBy: "a raw value that goes on with the tenant",
  },
  {
    name: "a conflict changes any row",
    file: "database/drizzle/scope-insert.ts",
    changes: [["rules.allOf(given, condition === null ? [] : [condition])", "given"]],
    killedBy: "a conflict of keys with another tenant's row",
  },
  {
    name: "raw text is not looked at",
    file: "database/drizzle/judge.ts",
    changes: [["if (why !== null) throw refusedRaw(why);", ""]],
    killedBy: "a raw sub-select",
  },
  {
    name: "what was judged may be changed",
    file: "database/drizzle/judge.ts",
    changes: [["Object.freeze((sql as Partial<DrizzleChunk>).queryChunks);", ""]],
    killedBy: "text appended to a query",
  },
  {
    name: "raw text may stand for a table",
    file: "database/drizzle/judge.ts",
    changes: [["if (!known && !this.isMarked(sql)) throw", "if (sql === null) throw"]],
    killedBy: "raw text for a table",
  },
  {
    name: "a WITH query need not be defined",
    file: "database/drizzle/scoped-dialect.ts",
    changes: [["if (missing === undefined) return;", "if (missing !== null) return;"]],
    killedBy: "a WITH query that is not defined",
  },
  {
    name: "a WITH query sees those behind it",
    file: "database/drizzle/scope-query.ts",
    changes: [["    add(own);\n", ""]],
    killedBy: "a WITH query that is defined later",
  },
  {
    name: "the other side of a union is not looked at",
    file: "database/drizzle/scope-query.ts",
    changes: [[").getSQL();\n  judge.lookAtQuery(sql, needs);", ").getSQL();"]],
    killedBy: "a union with a query of another builder",
  },
  {
    name: "any statement is sent",
    file: "database/drizzle/scoped-dialect.ts",
    changes: [["assertSendable(sql, rules);", ""]],
    killedBy: "a raw statement",
  },
  {
    name: "what was prepared elsewhere is sent",
    file: "database/drizzle/scoped-database.ts",
    changes: [["if (!passed.has(query)) throw", "if (query === null) throw"]],
    killedBy: "a query that was prepared by hand",
  },
  {
    name: "a transaction is not scoped",
    file: "database/drizzle/scoped-database.ts",
    changes: [["scopeDatabase(tx, rules, passed, sessions);", ""]],
    killedBy: "an undefined filter in a transaction",
  },
  {
    name: "an undefined filter is none",
    file: "database/drizzle/scope-query.ts",
    changes: [
      [`if ("where" in config && config["where"] === undefined)`, `if (config["where"] === null)`],
    ],
    killedBy: "an undefined filter",
  },
  {
    name: "an undefined filter of a relation is none",
    file: "database/drizzle/scoped-database.ts",
    changes: [[`if ("where" in config && where === undefined)`, "if (where === null)"]],
    killedBy: "an undefined filter of a relation",
  },
  {
    name: "$count gets no condition",
    file: "database/drizzle/scoped-database.ts",
    changes: [["rules.allOf(filters, condition === null ? [] : [condition])", "filters"]],
    killedBy: "$count with a filter",
  },
];
