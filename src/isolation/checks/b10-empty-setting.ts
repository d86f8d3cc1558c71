import { nameOf, quoted, sqlName } from "../catalog/names.js";
import type { ClassifiedTable } from "../subject/subject.js";
import { policyBonds } from "../policies/index.js";
import { refusesEmpty } from "./support/empty-tenant.js";
import type { Check } from "./check.js";

export const b10: Check = {
  id: "B10",
  name: "empty-setting",
  severity: "medium",
  title: "An empty setting is taken for a tenant",
  meaning:
    "Once a setting was set on a connection, it never becomes NULL again: after SET LOCAL ends, RESET or DISCARD ALL it is an empty text. Where the tenant is a text, rows whose tenant is empty then belong to every request that lost its own. Where it is a uuid or a number, the cast fails: no leak, but an error that only connections in use show.",
  *find(subject) {
    const castSettings = new Map<string, ClassifiedTable[]>();
    const seen = new Set<number>();
    for (const { table, case: found } of policyBonds(subject)) {
      if (found.kind !== "binds" || found.cast !== undefined) continue;
      const bare = found.contexts.find(({ emptyIsNull }) => !emptyIsNull);
      const setting = bare?.sources.find(({ kind }) => kind === "setting")?.name;
      const column = table.tenantColumn;
      if (setting === undefined || column === undefined) continue;
      if (column.category !== "S") {
        castSettings.set(setting, [...(castSettings.get(setting) ?? []), table]);
        continue;
      }
      if (seen.has(table.relation.oid) || refusesEmpty(table.relation, column)) continue;
      seen.add(table.relation.oid);
      yield {
        subject: nameOf(table.relation),
        message: `The policies of ${nameOf(table.relation)} compare ${column.name} with ${setting} as it is, so after a transaction it is '' and matches rows whose ${column.name} is ''.`,
        mend: `ALTER TABLE ${sqlName(table.relation)} ADD CHECK (${quoted(column.name)} <> '');\n-- and in the policies: nullif(current_setting('${setting}', true), '')`,
      };
    }
    for (const [setting, tables] of castSettings) {
      const names = new Set(tables.map(({ relation }) => nameOf(relation)));
      yield {
        subject: `setting ${setting}`,
        message: `Policies of ${names.size} tables cast ${setting} without nullif(…, ''): on a connection that was used before, a request without a tenant gets an error about the cast.`,
        mend: `Write nullif(current_setting('${setting}', true), '') in the policies, so that no tenant is no rows.`,
        severity: "low",
      };
    }
  },
};
