import type { Check } from "./check.js";
import { pathText, revoking, waysOf } from "./support/ways.js";

export const a6: Check = {
  id: "A6",
  name: "replication",
  severity: "critical",
  title: "The application can replicate",
  meaning:
    "A role with REPLICATION reads the stream of all changes, or a whole base backup, of every table and tenant. Neither grants nor policies are asked. Logical decoding needs no more than a function call.",
  *find(subject) {
    const { wal_level: level = "unknown" } = subject.catalog.server.settings;
    for (const way of waysOf(subject)) {
      if (!way.role.replication || way.role.superuser) continue;
      yield {
        subject: `role ${way.login.name}`,
        detail: way.role.name,
        message: `${pathText(way)} has REPLICATION (wal_level is ${level}) and can read every tenant's changes.`,
        mend: `${revoking(subject, way, "NOREPLICATION")}\n-- what replicates gets a role of its own, and publications with row filters`,
      };
    }
  },
};
