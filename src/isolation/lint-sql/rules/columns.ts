import type { Finding } from "../../report/finding.js";
import { walk } from "../../sql/walk.js";
import type { Column, Table } from "../model/table.js";
import { finding, sql, type Check, type LintRule } from "./rule.js";

const nullable: LintRule = {
  id: "L8",
  name: "tenant-column-nullable",
  severity: "high",
  gaps: ["B11", "D6"],
  title: "The tenant's column may be null",
  meaning:
    "A row without a tenant is nobody's: hidden from all, or shown to all where a policy has `or … is null`. Composite references with a null in them are not checked.",
};

const lossy: LintRule = {
  id: "L9",
  name: "tenant-column-lossy",
  severity: "high",
  gaps: ["B12"],
  title: "The tenant's column can take two tenants for one",
  meaning:
    "A type that cuts, pads, rounds or folds case makes different tenants compare equal, and one sees the other's rows.",
};

const retyped: LintRule = {
  id: "L10",
  name: "tenant-column-retyped",
  severity: "medium",
  gaps: ["B12", "B16"],
  title: "The tenant's column changes its type",
  meaning:
    "Policies, references and indexes that compare it may stop to match, or need a cast that no index serves.",
};

const fixedDefault: LintRule = {
  id: "L11",
  name: "tenant-column-default",
  severity: "high",
  gaps: ["B17"],
  title: "Rows that name no tenant get a fixed one",
  meaning: "An insert that forgets the tenant lands in one tenant's data instead of failing.",
};

function findIn(table: Table, column: Column): Finding[] {
  const { name, created, parent } = table;
  const target = `${name}.${column.name}`;
  const alter = `alter table ${sql(name)} alter column ${sql(column.name)}`;
  const found: Finding[] = [];
  const checked = [...table.notNullChecks.values()].includes(column.name);
  if (!column.notNull && !checked && created && parent === undefined) {
    const message = `${target} may be null.`;
    found.push(finding(nullable, name, column.place, message, `${alter} set not null;`));
  }
  const exact = column.changedFrom === "uuid" ? "uuid" : "text";
  if (isLossy(column.type)) {
    const message = `${target} is of type ${column.type}.`;
    const mend = `${alter} type ${exact} using ${sql(column.name)}::${exact};`;
    found.push(finding(lossy, name, column.place, message, mend));
  } else if (column.changedFrom !== undefined && isWorse(column.changedFrom, column.type)) {
    const message = `${target} was ${column.changedFrom} and becomes ${column.type}.`;
    const mend = `Keep the type that the tenants' own key has, and compare policies, references and indexes of ${name} with it.`;
    found.push(finding(retyped, name, column.place, message, mend));
  }
  if (column.default !== undefined && isConstant(column.default.expression)) {
    const message = `${target} has a constant for its default.`;
    found.push(
      finding(fixedDefault, name, column.default.place, message, `${alter} drop default;`),
    );
  }
  return found;
}

/** varchar(n) is none of them: too long a value is refused there, not cut. */
function isLossy(type: string): boolean {
  return /^(bpchar|char|name|float4|float8)\b|(^|\.)citext$/.test(type);
}

/** Towards uuid, or from one length to none, nothing gets lost. */
function isWorse(before: string, now: string): boolean {
  return before !== now && now !== "uuid" && !isLossy(before);
}

function isConstant(expression: unknown): boolean {
  let constant = true;
  walk([expression], (kind, value) => {
    const isVariable = /^(FuncCall|SubLink|ColumnRef|SQLValueFunction|NextValueExpr)$/.test(kind);
    if (isVariable || (kind === "A_Const" && value["isnull"] === true)) constant = false;
    return undefined;
  });
  return constant;
}

export const columnChecks: readonly Check[] = [
  {
    rules: [nullable, lossy, retyped, fixedDefault],
    find: ({ tenancy }) =>
      tenancy.tenantTables.flatMap((table) => {
        const column = tenancy.column(table);
        return column === undefined ? [] : findIn(table, column);
      }),
  },
];
