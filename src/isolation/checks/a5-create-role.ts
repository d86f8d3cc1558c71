import type { Check } from "./check.js";
import { pathText, revoking, waysOf } from "./support/ways.js";

/** From here on CREATEROLE reaches only roles that its holder made, or was given ADMIN on. */
const narrowed = 160_000;

export const a5: Check = {
  id: "A5",
  name: "create-role",
  severity: "critical",
  title: "The application can create roles",
  meaning:
    "Up to PostgreSQL 15 a role with CREATEROLE may grant any role but a superuser to itself, one with BYPASSRLS or the tables' owner included. From PostgreSQL 16 on it may only grant what it has ADMIN on, but can still make logins of its own that outlast a stolen password.",
  *find(subject) {
    const isOld = subject.catalog.server.number < narrowed;
    for (const way of waysOf(subject)) {
      if (!way.role.createRole || way.role.superuser) continue;
      yield {
        subject: `role ${way.login.name}`,
        detail: way.role.name,
        message: `${pathText(way)} has CREATEROLE${isOld ? " and can grant itself any role that is no superuser" : " and can make logins of its own"}.`,
        mend: revoking(subject, way, "NOCREATEROLE"),
        ...(isOld ? {} : { severity: "medium" as const }),
      };
    }
  },
};
