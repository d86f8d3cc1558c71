import type { Finding } from "../../report/finding.js";
import { finding, sql, type Check, type Context, type LintRule } from "./rule.js";

const published: LintRule = {
  id: "L32",
  name: "publication-of-everything",
  severity: "high",
  gaps: ["C14"],
  title: "A publication sends every table",
  meaning: "Whoever subscribes gets all tenants' rows, and those of tables still to come.",
};

const triggerOff: LintRule = {
  id: "L33",
  name: "trigger-disabled",
  severity: "medium",
  gaps: ["C13"],
  title: "A trigger of a tenant's table is switched off",
  meaning: "What it guards or fills in is neither, and no later migration turns it on again.",
};

const rewritten: LintRule = {
  id: "L34",
  name: "rewrite-rule",
  severity: "high",
  gaps: ["C6"],
  title: "A rewrite rule stands on a tenant's table",
  meaning: "It can turn one tenant's statement into a write on another's rows.",
};

function publications({ model }: Context): Finding[] {
  return [...model.publications].map(([name, { everything, place }]) => {
    const message = `The publication ${name} sends ${everything}.`;
    const mend = `drop publication ${sql(name)}; create publication ${sql(name)} for table …;`;
    return finding(published, `publication ${name}`, place, message, mend);
  });
}

function triggers({ tenancy }: Context): Finding[] {
  return tenancy.tenantTables.flatMap(({ name, triggersOff }) =>
    [...triggersOff].map(([trigger, place]) => {
      const message = `${name}: trigger ${trigger} is disabled and never enabled again.`;
      const mend = `alter table ${sql(name)} enable trigger ${sql(trigger)};`;
      return finding(triggerOff, name, place, message, mend, { detail: trigger });
    }),
  );
}

function rules({ tenancy }: Context): Finding[] {
  return tenancy.tenantTables.flatMap((table) =>
    [...table.rules].map(([rule, place]) => {
      const message = `${table.name} has the rewrite rule ${rule}.`;
      const mend = `drop rule ${sql(rule)} on ${sql(table.name)}; a trigger that uses NEW does the same safely.`;
      return finding(rewritten, table.name, place, message, mend, { detail: rule });
    }),
  );
}

export const otherChecks: readonly Check[] = [
  { rules: [published], find: publications },
  { rules: [triggerOff], find: triggers },
  { rules: [rewritten], find: rules },
];
