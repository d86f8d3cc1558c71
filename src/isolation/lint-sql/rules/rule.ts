import type { Finding, Rule } from "../../report/finding.js";
import type { Model, Place } from "../model/model.js";
import { nameOf } from "../../catalog/names.js";
import type { ClassifiedTable, Subject } from "../../subject/subject.js";
import type { Table } from "../model/table.js";
import type { Tenancy } from "../model/tenancy.js";

/** A rule of `lint-sql`, with the rows of the catalogue of gaps that it looks for. */
export interface LintRule extends Rule {
  readonly gaps: readonly string[];
}

export interface Context {
  readonly model: Model;
  readonly tenancy: Tenancy;
  /** The same as a database would show it, for what `tenantry audit` judges as well. */
  readonly subject: Subject;
}

/** One look at the model, which may break any of its rules. */
export interface Check {
  readonly rules: readonly LintRule[];
  readonly find: (context: Context) => readonly Finding[];
}

/** A table of the model in the subject that was made of it. */
export function classifiedOf({ name }: Table, { subject }: Context): ClassifiedTable {
  return [...subject.tables.values()].find(({ relation }) => nameOf(relation) === name)!;
}

type Extra = Partial<Pick<Finding, "detail" | "severity">>;

export function finding(
  rule: LintRule,
  subject: string,
  place: Place,
  message: string,
  mend: string,
  extra: Extra = {},
): Finding {
  return { rule, subject, place, message, mend, ...extra };
}

/** Quoted where SQL asks for it: `public."Project"`. */
export function sql(name: string): string {
  return name
    .split(".")
    .map((part) => (/^[a-z_][a-z0-9_]*$/.test(part) ? part : `"${part.replaceAll('"', '""')}"`))
    .join(".");
}

export function list(names: readonly string[]): string {
  return names.map((name) => (name === "(…)" ? "…" : sql(name))).join(", ");
}
