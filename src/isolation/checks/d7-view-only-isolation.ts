import { nameOf, sqlName } from "../catalog/names.js";
import type { Check } from "./check.js";
import { usableRows } from "./support/reach.js";
import { definerViews, filtersByTenant } from "./support/views.js";
import { granteesOf, listed, privilegesOf, whoever } from "./support/wording.js";

export const d7: Check = {
  id: "D7",
  name: "view-only-isolation",
  severity: "critical",
  title: "A view that takes writes and is all that keeps tenants apart",
  meaning:
    "The view's WHERE hides other tenants' rows, but not from ON CONFLICT: an upsert through the view meets a row that the view does not show, reads it and takes it over. Without WITH CHECK OPTION a plain insert or update makes rows of other tenants besides.",
  *find(subject) {
    for (const { view, open } of definerViews(subject)) {
      if (open.length === 0 || view.accepts.length === 0) continue;
      if (!filtersByTenant(subject, view)) continue;
      const ways = usableRows(subject, view, view.accepts);
      if (ways.length === 0) continue;
      yield {
        subject: nameOf(view),
        message: `${whoever(ways)} may ${privilegesOf(ways)} through ${nameOf(view)}, whose WHERE alone keeps tenants of ${listed(open.map(({ table }) => nameOf(table)))} apart.`,
        mend: `REVOKE INSERT, UPDATE, DELETE ON ${sqlName(view)} FROM ${granteesOf(subject, ways)};
-- and let the application write to the tables, under row security`,
      };
    }
  },
};
