import type { Check } from "./check.js";
import { usableRows } from "./support/reach.js";
import { tablesWithGlobalKeys } from "./support/places.js";
import { listed } from "./support/wording.js";

export const e1: Check = {
  id: "E1",
  name: "explain-tells-what-exists",
  severity: "medium",
  title: "EXPLAIN ANALYZE tells whether a hidden row exists",
  meaning:
    'Where a key lacks the tenant, a row of another tenant is found by the index and thrown away by the policy, and EXPLAIN ANALYZE counts it: "Rows Removed by Filter: 1". With the tenant in the key the index finds nothing. No privilege stops EXPLAIN; what stops it is that the application never passes it on.',
  *find(subject) {
    const tables = tablesWithGlobalKeys(
      subject,
      ({ table: { relation }, values }) =>
        relation.rowSecurity &&
        values !== "random" &&
        usableRows(subject, relation, ["SELECT"]).length > 0,
    );
    if (tables.length === 0) return;
    yield {
      subject: "database",
      message: `EXPLAIN ANALYZE tells of ${listed(tables)} whether another tenant has a value, as ${tables.length === 1 ? "its keys lack" : "their keys lack"} the tenant.`,
      mend: "Put the tenant first in these keys (D4 has the statements), and let no EXPLAIN through: the scoped pool refuses it.",
    };
  },
};
