import { Unanswered } from "../item.js";
import { nameOf } from "../../catalog/names.js";
import type { Relation } from "../../catalog/relation.js";
import type { Subject } from "../../subject/subject.js";

/** What Tenantry itself records in. */
const own = ["tenantry.operator_record", "tenantry.account_event", "tenantry.identity_event"];
const named =
  /(^|_)audits?($|_)|^(activity|event|access|security|change)_?(log|trail|history)s?$|(^|_)event_?logs?$/i;

/**
 * Tables of a record of events: the one that was named, else those that are called like one.
 * @throws {Unanswered} where the one that was named is not there
 */
export function auditTables(subject: Subject, name: string | undefined): readonly Relation[] {
  const tables = [...subject.tables.values()]
    .map(({ relation }) => relation)
    .filter(({ isPartition }) => !isPartition);
  if (name === undefined) {
    return tables.filter((table) => own.includes(nameOf(table)) || named.test(table.name));
  }
  const found = tables.filter((table) => nameOf(table) === name || table.name === name);
  if (found.length > 0) return found;
  throw new Unanswered(`There is no table ${name}: check --audit-table.`);
}
