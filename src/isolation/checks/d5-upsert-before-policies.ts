import { nameOf } from "../catalog/names.js";
import type { Subject } from "../subject/subject.js";
import type { Check } from "./check.js";
import { usableRows } from "./support/reach.js";
import { isOpen, mendedIn, upsertBeforePolicies } from "./support/releases.js";
import { tenantLeading } from "./support/tenant-unique.js";
import { globalKeys, type GlobalKey } from "./support/unique-keys.js";

export const d5: Check = {
  id: "D5",
  name: "upsert-before-policies",
  severity: "critical",
  title: "ON CONFLICT DO UPDATE reads another tenant's row before its policies are asked",
  meaning:
    "On servers without the mend of CVE-2026-120154 the WHERE of ON CONFLICT DO UPDATE is evaluated on the conflicting row before row security is. Where a unique key lacks the tenant, that row can be another tenant's, and a failing cast in the WHERE prints all of it in the error.",
  *find(subject) {
    const { number, version } = subject.catalog.server;
    if (!isOpen(upsertBeforePolicies, number)) return;
    for (const key of reachable(subject)) {
      const { table, index } = key;
      yield {
        subject: nameOf(table.relation),
        detail: index.name,
        message: `PostgreSQL ${version} has ${upsertBeforePolicies.name}, and ${index.name} of ${nameOf(table.relation)} can conflict with another tenant's row in an upsert.`,
        mend: `${tenantLeading(subject, key)}
-- and update the server to ${mendedIn(upsertBeforePolicies, number)} or later`,
        severity: key.values === "random" ? "high" : "critical",
      };
    }
  },
};

/** An exclusion takes DO NOTHING only. */
function reachable(subject: Subject): readonly GlobalKey[] {
  return globalKeys(subject).filter(
    ({ table: { relation }, index }) =>
      index.unique &&
      relation.rowSecurity &&
      usableRows(subject, relation, ["INSERT"]).length > 0 &&
      usableRows(subject, relation, ["UPDATE"]).length > 0,
  );
}
