import { nameOf, sqlName } from "../catalog/names.js";
import { isInvoker } from "../catalog/options.js";
import type { Check } from "./check.js";
import { definerViews, filtersByTenant, tenantTablesBelow } from "./support/views.js";

export const c2: Check = {
  id: "C2",
  name: "lost-view-options",
  severity: "medium",
  title: "A view that seems to have lost its options",
  meaning:
    "CREATE OR REPLACE VIEW without WITH (…) silently takes security_invoker and security_barrier away from a view that had them. A view without any option among views that have security_invoker is what that leaves behind. What the view shows meanwhile is C1's finding; this one says where to look for the cause.",
  *find(subject) {
    const careful = [...subject.catalog.relations.values()].find(
      (view) =>
        view.kind === "view" && isInvoker(view) && tenantTablesBelow(subject, view).length > 0,
    );
    if (careful === undefined) return;
    for (const { view, open, through } of definerViews(subject)) {
      if (open.length === 0 || through !== undefined || view.options.length > 0) continue;
      if (filtersByTenant(subject, view)) continue;
      yield {
        subject: nameOf(view),
        message: `${nameOf(view)} has no options while ${nameOf(careful)} has security_invoker: a CREATE OR REPLACE VIEW may have dropped them.`,
        mend: `ALTER VIEW ${sqlName(view)} SET (security_invoker = true);
-- and in the migration that replaces it: CREATE OR REPLACE VIEW … WITH (security_invoker = true) AS …; tenantry lint-sql watches for it`,
      };
    }
  },
};
