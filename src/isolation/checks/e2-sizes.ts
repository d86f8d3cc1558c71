import { nameOf } from "../catalog/names.js";
import { tenantTables } from "../subject/subject.js";
import type { Check } from "./check.js";
import { listed } from "./support/wording.js";

export const e2: Check = {
  id: "E2",
  name: "sizes-of-tenants",
  severity: "low",
  title: "The catalogs tell each tenant's size",
  meaning:
    "Estimates, statistics and sizes of tables are there for every role to read. For a table of all tenants that is the sum of all; where each tenant has a partition of its own, it is how much every single customer has, and the partitions' bounds say which customers there are.",
  *find(subject) {
    for (const { relation, tenantColumn } of tenantTables(subject)) {
      const { partitionKey, kind } = relation;
      if (kind !== "partitioned table" || tenantColumn === undefined) continue;
      if (!/^(LIST|RANGE)\b/i.test(partitionKey ?? "")) continue;
      const columns = /\((.*)\)/.exec(partitionKey ?? "")?.[1]?.split(/,\s*/) ?? [];
      if (!columns.some((column) => column.replaceAll('"', "") === tenantColumn.name)) continue;
      const parts = [...subject.catalog.relations.values()].filter(({ parents }) =>
        parents.includes(relation.oid),
      );
      if (parts.length === 0) continue;
      yield {
        subject: nameOf(relation),
        message: `${nameOf(relation)} has a partition for each tenant (${listed(parts.map(nameOf), 3)}): pg_class tells everyone who they are and how much each has.`,
        mend: `Partition ${nameOf(relation)} by HASH (${tenantColumn.name}), or accept it and say so in the manifest's suppressions.`,
      };
    }
  },
};
