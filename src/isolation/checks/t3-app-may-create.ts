import { mayUse } from "../catalog/powers.js";
import { quoted } from "../catalog/names.js";
import type { Subject } from "../subject/subject.js";
import type { Check, Found } from "./check.js";

const privileges = ["TEMPORARY", "CREATE"] as const;

const dangers = {
  TEMPORARY:
    "temporary tables stay on a pooled session: one captures what the next tenant writes, or stands in for a table that a function reads",
  CREATE: "a schema of its own can hold functions and tables that stand in for others",
} as const;

export const t3: Check = {
  id: "T3",
  name: "app-may-create",
  severity: "medium",
  title: "The application may create schemas or temporary tables",
  meaning:
    "Under Tenantry the application's role works with rows and nothing else. Whatever it may create can be put in the place of something that other tenants, or functions with more rights, read and write.",
  *find(subject) {
    if (!subject.context.sealed) return;
    yield* inDatabase(subject);
    yield* inSchemas(subject);
  },
};

function* inDatabase({ catalog, appRoles }: Subject): Iterable<Found> {
  const { database, databaseOwner: owner, databaseGrants: grants } = catalog.server;
  for (const role of appRoles) {
    if (role.superuser) continue;
    for (const privilege of privileges) {
      if (!mayUse(catalog, role, { owner, grants }, privilege)) continue;
      yield {
        subject: `role ${role.name}`,
        detail: privilege,
        message: `${role.name} has ${privilege} on the database ${database}: ${dangers[privilege]}.`,
        mend: `REVOKE ${privilege} ON DATABASE ${quoted(database)} FROM PUBLIC, ${quoted(role.name)};`,
      };
    }
  }
}

function* inSchemas({ catalog, appRoles }: Subject): Iterable<Found> {
  for (const role of appRoles) {
    if (role.superuser) continue;
    for (const schema of catalog.schemas) {
      if (!mayUse(catalog, role, schema, "CREATE")) continue;
      yield {
        subject: `role ${role.name}`,
        detail: `schema ${schema.name}`,
        message: `${role.name} has CREATE on the schema ${schema.name}: what it makes there can stand in for what others call or read.`,
        mend: `REVOKE CREATE ON SCHEMA ${quoted(schema.name)} FROM PUBLIC, ${quoted(role.name)};`,
      };
    }
  }
}
