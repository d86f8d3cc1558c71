import type { Publication } from "../catalog/catalog.js";
import { nameOf, quoted, sqlName } from "../catalog/names.js";
import type { Relation } from "../catalog/relation.js";
import { tenantTables, type Subject } from "../subject/subject.js";
import type { Check, Found } from "./check.js";
import { listed } from "./support/wording.js";

export const c14: Check = {
  id: "C14",
  name: "publication",
  severity: "high",
  title: "A publication that sends every tenant's rows",
  meaning:
    "Logical replication knows no policies. A subscriber to a publication of all tables, or of a whole schema, gets every tenant's rows, those of tables that are created later included.",
  *find(subject) {
    for (const publication of subject.catalog.publications) {
      const found = sentBy(subject, publication);
      if (found !== undefined) yield { subject: `publication ${publication.name}`, ...found };
    }
  },
};

function sentBy(subject: Subject, publication: Publication): Omit<Found, "subject"> | undefined {
  const { name, allTables, schemas, tables } = publication;
  const tenant = tenantTables(subject).map(({ relation }) => relation);
  if (tenant.length === 0) return undefined;
  const publicationName = quoted(name);
  if (allTables) {
    return {
      message: `The publication ${name} sends all tables, whatever is created later too.`,
      mend: `DROP PUBLICATION ${publicationName};
CREATE PUBLICATION ${publicationName} FOR TABLE ${tenant
        .filter(({ isPartition }) => !isPartition)
        .map(sqlName)
        .join(", ")};
-- better: only the tables that the subscriber needs, each with WHERE (…)`,
    };
  }
  const whole = schemas.filter((schema) => tenant.some((relation) => relation.schema === schema));
  if (whole.length > 0) {
    return {
      message: `The publication ${name} sends the whole schema ${listed(whole)}, whatever is created there later too.`,
      mend: `ALTER PUBLICATION ${publicationName} DROP TABLES IN SCHEMA ${whole.map(quoted).join(", ")};
-- and ADD TABLE … WHERE (…) for those that the subscriber needs`,
    };
  }
  const bare = tables
    .filter(({ filter }) => filter === null)
    .flatMap(({ relation }): Relation[] => tenant.filter(({ oid }) => oid === relation));
  if (bare.length === 0) return undefined;
  return {
    detail: "row filter",
    message: `The publication ${name} sends all tenants' rows of ${listed(bare.map(nameOf))}: it has no row filter there.`,
    mend: `Where the subscriber serves some tenants only, give the tables of ${name} a filter: ALTER PUBLICATION ${publicationName} SET TABLE … WHERE (…).`,
    severity: "low",
  };
}
