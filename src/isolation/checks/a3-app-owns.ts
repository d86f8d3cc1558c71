import type { Oid } from "../catalog/catalog.js";
import { nameOf, quoted, sqlName } from "../catalog/names.js";
import type { Relation } from "../catalog/relation.js";
import { tenantTables } from "../subject/subject.js";
import type { Check } from "./check.js";
import { heldOf, someOf } from "./support/ways.js";

export const a3: Check = {
  id: "A3",
  name: "app-owns-tables",
  severity: "high",
  title: "The application owns tenant tables",
  meaning:
    "An owner may change its table. FORCE holds the owner until it says ALTER TABLE … DISABLE ROW LEVEL SECURITY, which injected SQL can do as well, in the same transaction as the query that then reads every tenant's rows.",
  *find(subject) {
    const byOwner = new Map<Oid, Relation[]>();
    for (const { relation } of tenantTables(subject)) {
      const owned = byOwner.get(relation.owner) ?? [];
      byOwner.set(relation.owner, [...owned, relation]);
    }
    const owner = "tenant_owner";
    const isThere = [...subject.catalog.roles.values()].some(({ name }) => name === owner);
    for (const { login, role, after } of heldOf(subject)) {
      const tables = byOwner.get(role.oid);
      // A superuser needs to own nothing; A4 says so.
      if (tables === undefined || login.superuser || after?.superuser === true) continue;
      const through = role === login ? "" : ` by ${role.name}, whose rights it has`;
      const later = after === undefined ? "" : ` after SET ROLE ${after.name}`;
      yield {
        subject: `role ${login.name}`,
        detail: role.name,
        message: `${login.name} owns ${tables.length} tenant tables${through}${later}: ${someOf(tables.map(nameOf))}.`,
        mend: [
          `-- ${role.name} must not own what it is held by`,
          ...(isThere ? [] : [`CREATE ROLE ${owner} NOLOGIN;`]),
          `GRANT SELECT, INSERT, UPDATE, DELETE ON ${tables.map(sqlName).join(", ")} TO ${quoted(login.name)};`,
          ...tables.map((table) => `ALTER TABLE ${sqlName(table)} OWNER TO ${owner};`),
        ].join("\n"),
      };
    }
  },
};
