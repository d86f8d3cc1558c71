import { sqlName, nameOf } from "../../catalog/names.js";
import type { Found } from "../../checks/check.js";
import { usable } from "../../checks/support/reach.js";
import { owns } from "../../catalog/powers.js";
import { granteesOf, privilegesOf, whoever } from "../../checks/support/wording.js";
import { newestEntry } from "../database/newest-entry.js";
import { auditTables } from "../database/audit-tables.js";
import { judged, Unanswered, type Item } from "../item.js";

export const k12: Item = {
  id: "K12",
  name: "audit-log-on",
  severity: "medium",
  question: "Is what happens written down where the application cannot change it",
  title: "The record of what happened can be changed by the application, or is empty",
  meaning:
    "After a break-in the record is what tells whose data was reached. One that the application may update, delete or truncate is the first thing that an attacker cleans.",
  needs: ["database"],
  async answer({ database }) {
    const subject = await database.read();
    const tables = auditTables(subject, database.options.auditTable);
    if (tables.length === 0) {
      throw new Unanswered(
        "No table is called as a log of events would be: give --audit-table, or say where events are kept.",
      );
    }
    const findings = tables.flatMap((table): readonly Found[] => {
      const ways = usable(subject, table, ["UPDATE", "DELETE", "TRUNCATE"]);
      const owner = subject.appRoles.find((role) => owns(subject.catalog, role, table.owner));
      if (ways.length === 0 && owner === undefined) return [];
      const may =
        ways.length === 0
          ? `${owner!.name} owns ${nameOf(table)}, and may change it`
          : `${whoever(ways)} may ${privilegesOf(ways)} ${nameOf(table)}`;
      return [
        {
          subject: nameOf(table),
          message: `${may}: what was recorded can be changed by the application.`,
          mend:
            ways.length === 0
              ? `ALTER TABLE ${sqlName(table)} OWNER TO another_role;`
              : `REVOKE UPDATE, DELETE, TRUNCATE ON ${sqlName(table)} FROM ${granteesOf(subject, ways)};`,
        },
      ];
    });
    const entries = await newestEntry(database.ask, tables);
    const names = tables.map(nameOf).join(", ");
    const kept = `${names}: ${tables.length - new Set(findings.map(({ subject: each }) => each)).size} of ${tables.length} can only be added to by ${subject.appRoles.map(({ name }) => name).join(", ")}.`;
    if (findings.length === 0 && entries.last === null) {
      throw new Unanswered(
        `${kept} ${entries.unread ? "What is in them may not be read by this login: give --database-url of another." : "None holds an event yet: sign somebody in, or do operator work, and ask again."}`,
      );
    }
    const last =
      entries.last === null
        ? "No event was read."
        : `The last event is of ${entries.last.toISOString()}.`;
    return judged(findings, `${kept} ${last}`);
  },
};
