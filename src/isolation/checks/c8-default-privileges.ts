import { quoted } from "../catalog/names.js";
import type { DefaultPrivilege } from "../catalog/catalog.js";
import { tenantTables, type Subject } from "../subject/subject.js";
import type { Check } from "./check.js";
import { granted } from "./support/reach.js";
import { granteesOf, privilegesOf, roleName, whoever } from "./support/wording.js";

export const c8: Check = {
  id: "C8",
  name: "default-privileges",
  severity: "high",
  title: "New tables are the application's before they have row security",
  meaning:
    "Default privileges give the application rights on each table from the moment of its creation, and row security comes later or is forgotten. A partition that is added for the next month is readable past its parent's policies at once.",
  *find(subject) {
    const watcher = subject.catalog.eventTriggers.find(({ enabled }) => enabled);
    for (const given of subject.catalog.defaultPrivileges) {
      if (given.kind !== "r") continue;
      const { creator, schema } = given;
      const ways = granted(subject, { owner: creator, grants: given.grants }, [
        ...["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "TRIGGER", "REFERENCES"],
      ]);
      if (ways.length === 0 || tenantTables(subject).length === 0) continue;
      const place = schema === null ? "any schema" : `the schema ${schema}`;
      const watched =
        watcher === undefined
          ? ""
          : ` The event trigger ${watcher.name} may see to it: check that it enables row security.`;
      yield {
        subject: `role ${roleName(subject, creator)}`,
        detail: schema ?? "every schema",
        message: `Tables that ${roleName(subject, creator)} creates in ${place} can be used by ${whoever(ways)} (${privilegesOf(ways)}) at once.${watched}`,
        mend: `ALTER DEFAULT PRIVILEGES FOR ROLE ${quoted(roleName(subject, creator))}${schema === null ? "" : ` IN SCHEMA ${quoted(schema)}`} REVOKE ALL ON TABLES FROM ${granteesOf(subject, ways)};
-- and grant in the migration that creates and protects the table, or let an event trigger on ddl_command_end enable row security`,
        severity: watcher !== undefined ? "low" : hasPartitions(subject, given) ? "high" : "medium",
      };
    }
  },
};

function hasPartitions(subject: Subject, { schema }: DefaultPrivilege): boolean {
  return tenantTables(subject).some(
    ({ relation }) =>
      relation.kind === "partitioned table" && (schema === null || relation.schema === schema),
  );
}
