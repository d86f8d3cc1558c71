import { nameOf, quoted, sqlName } from "../catalog/names.js";
import type { Relation, Rule } from "../catalog/relation.js";
import type { Severity } from "../report/finding.js";
import { tenantTables, type Subject } from "../subject/subject.js";
import type { Check } from "./check.js";
import { unfilteredBecause } from "./support/row-security.js";
import { writes } from "./support/reach.js";
import { tenantTablesBelow } from "./support/views.js";
import { listed, roleName } from "./support/wording.js";

export const c6: Check = {
  id: "C6",
  name: "rewrite-rule",
  severity: "high",
  title: "A rewrite rule on a tenant's table",
  meaning:
    "A rule puts other statements in the place of the one that was sent, or beside it, and they run with the rights of the table's owner. An INSERT by one tenant can so change another tenant's rows, while the statement itself shows nothing of it.",
  *find(subject) {
    for (const relation of ruled(subject)) {
      for (const rule of relation.rules) {
        if (rule.name === "_RETURN" || rule.enabled === "disabled") continue;
        const reaches = targetsOf(subject, relation, rule);
        yield {
          subject: nameOf(relation),
          detail: rule.name,
          message: `The rule ${rule.name} of ${nameOf(relation)} rewrites every ${rule.event}${reaches.length > 0 ? ` and runs on ${listed(reaches.map(nameOf))} as ${roleName(subject, relation.owner)}` : ""}.`,
          mend: `DROP RULE ${quoted(rule.name)} ON ${sqlName(relation)};`,
          severity: severityOf(subject, relation, rule, reaches),
        };
      }
    }
  },
};

function ruled(subject: Subject): readonly Relation[] {
  const views = [...subject.catalog.relations.values()].filter(
    (relation) => relation.kind === "view" && tenantTablesBelow(subject, relation).length > 0,
  );
  return [...tenantTables(subject).map(({ relation }) => relation), ...views];
}

/** The rule's table itself is left out of what a rule depends on; its text tells. */
function targetsOf(subject: Subject, relation: Relation, rule: Rule): readonly Relation[] {
  const others = rule.relations.flatMap((oid) => subject.tables.get(oid) ?? []);
  const tenant = others.filter((table) => table.class === "tenant").map((each) => each.relation);
  const [, action = ""] = rule.definition.split(/\bDO\b/);
  const onItself = new RegExp(
    `\\b(UPDATE|INTO|FROM)\\s+(\\w+\\.)?"?${escaped(relation.name)}"?\\b`,
  );
  return onItself.test(action) ? [relation, ...tenant] : tenant;
}

function severityOf(
  subject: Subject,
  relation: Relation,
  { event }: Rule,
  reaches: readonly Relation[],
): Severity {
  if (event !== "SELECT" && !writes(subject, relation, [event])) return "low";
  if (reaches.length === 0) return "low";
  const unfiltered = reaches.some((table) => {
    const classified = subject.tables.get(table.oid);
    return classified && unfilteredBecause(subject, classified, relation.owner) !== undefined;
  });
  return unfiltered ? "high" : "medium";
}

function escaped(name: string): string {
  return name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
