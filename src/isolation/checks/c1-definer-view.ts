import { nameOf, sqlName } from "../catalog/names.js";
import { isBarrier } from "../catalog/options.js";
import type { Check } from "./check.js";
import { type DefinerView, definerViews, filtersByTenant } from "./support/views.js";
import { listed, roleName } from "./support/wording.js";

export const c1: Check = {
  id: "C1",
  name: "definer-view",
  severity: "critical",
  title: "A view that reads with its owner's rights",
  meaning:
    "Unless a view has security_invoker, the policies of the tables beneath it are asked for the view's owner, not for whoever reads it. Where the owner is a superuser, has BYPASSRLS or owns the tables without FORCE, everybody who may read the view reads all tenants' rows, and may write them where the view takes writes. It makes no difference how deep the view is nested, or that the view above it is an invoker's.",
  *find(subject) {
    for (const exposed of definerViews(subject)) {
      const { view, open, held } = exposed;
      const mend = `ALTER VIEW ${sqlName(view)} SET (security_invoker = true);`;
      const owner = roleName(subject, view.owner);
      if (open.length > 0) {
        const filtered = filtersByTenant(subject, view);
        if (filtered && isBarrier(view)) continue;
        yield {
          subject: nameOf(view),
          message: filtered
            ? `${named(exposed)} reads ${tables(exposed)} with the rights of ${owner} (${reasons(exposed)}); only its own WHERE keeps tenants apart, and without security_barrier a function in somebody's query sees the rows before it.`
            : `${named(exposed)} reads ${tables(exposed)} with the rights of ${owner}: ${reasons(exposed)}.`,
          mend,
          ...(filtered ? { severity: "medium" as const } : {}),
        };
      } else if (held.length > 0) {
        yield {
          subject: nameOf(view),
          message: `${named(exposed)} reads ${listed(held.map(nameOf))} with the rights of ${owner}; today their policies hold ${owner} to one tenant as well.`,
          mend,
          severity: "low",
        };
      }
    }
  },
};

function named({ view, through }: DefinerView): string {
  return `${nameOf(view)}${through === undefined ? "" : `, read through ${nameOf(through)},`}`;
}

function tables({ open }: DefinerView): string {
  return listed(open.map(({ table }) => nameOf(table)));
}

function reasons({ open }: DefinerView): string {
  return listed(open.map(({ because }) => because));
}
