import { nameOf, quoted, sqlName } from "../catalog/names.js";
import type { Constraint, Relation } from "../catalog/relation.js";
import { tenantTables, type ClassifiedTable } from "../subject/subject.js";
import type { Check, Found } from "./check.js";

export const c13: Check = {
  id: "C13",
  name: "guard-asleep",
  severity: "medium",
  title: "A trigger or constraint that is there and does not work",
  meaning:
    "A disabled trigger guards nothing. A constraint that is NOT VALID says nothing of the rows that were there before it, and one that is NOT ENFORCED nothing at all. Whoever reads the schema counts on all of them.",
  *find(subject) {
    for (const { role, name, value } of subject.catalog.roleSettings) {
      if (name !== "session_replication_role" || value === "origin") continue;
      const who = role === 0 ? "every role" : (subject.catalog.roles.get(role)?.name ?? "a role");
      yield {
        subject: `role ${who}`,
        detail: name,
        message: `Sessions of ${who} begin with session_replication_role = ${value}: triggers and foreign keys do not work in them.`,
        mend: `ALTER ROLE ${role === 0 ? "ALL" : quoted(who)} RESET session_replication_role;`,
        severity: "high",
      };
    }
    for (const table of tenantTables(subject)) {
      yield* sleepingTriggers(table.relation);
      for (const constraint of table.relation.constraints) yield* weakness(table, constraint);
    }
  },
};

function* sleepingTriggers(relation: Relation): Iterable<Found> {
  for (const { name, enabled } of relation.triggers) {
    if (enabled !== "disabled" && enabled !== "replica") continue;
    yield {
      subject: nameOf(relation),
      detail: name,
      message: `The trigger ${name} of ${nameOf(relation)} is ${enabled === "disabled" ? "disabled" : "enabled for replicas only"}.`,
      mend: `ALTER TABLE ${sqlName(relation)} ENABLE TRIGGER ${quoted(name)};`,
    };
  }
}

function* weakness(
  { relation, tenantColumn }: ClassifiedTable,
  constraint: Constraint,
): Iterable<Found> {
  const { name, kind, columns } = constraint;
  const found = (state: string, mend: string): Found => ({
    subject: nameOf(relation),
    detail: name,
    message: `The ${kind} constraint ${name} of ${nameOf(relation)} is ${state}.`,
    mend,
    severity:
      kind === "foreign key" || (tenantColumn && columns.includes(tenantColumn.number))
        ? "medium"
        : "low",
  });
  const table = `ALTER TABLE ${sqlName(relation)}`;
  if (!constraint.enforced) {
    const definition = constraint.definition.replace(/ NOT ENFORCED/, "");
    const mend =
      kind === "foreign key"
        ? `${table} ALTER CONSTRAINT ${quoted(name)} ENFORCED;`
        : `${table} DROP CONSTRAINT ${quoted(name)}, ADD CONSTRAINT ${quoted(name)} ${definition};`;
    yield found("NOT ENFORCED", mend);
  } else if (constraint.asleep) {
    yield found("switched off with its triggers", `${table} ENABLE TRIGGER ALL;`);
  } else if (!constraint.validated && !constraint.inherited) {
    const mend = `${table} VALIDATE CONSTRAINT ${quoted(name)};`;
    yield found("NOT VALID: the rows from before it were never checked", mend);
  }
}
