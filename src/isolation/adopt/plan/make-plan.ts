import { nameOf } from "../../catalog/names.js";
import type { Adoption } from "../adoption.js";
import { keyPlans } from "./key-plan.js";
import { isSet, referencePlans } from "./reference-plan.js";
import { backfill } from "./stages/backfill.js";
import { checks } from "./stages/checks.js";
import { columns } from "./stages/columns.js";
import { finish } from "./stages/finish.js";
import { keys } from "./stages/keys.js";
import { notNull } from "./stages/not-null.js";
import { conditions, prepare } from "./stages/prepare.js";
import { references } from "./stages/references.js";
import { registry } from "./stages/registry.js";
import { swap } from "./stages/swap.js";
import { switchOver } from "./stages/switch.js";
import type { Plan } from "./step.js";

/** Everything that brings the database under Tenantry, and back. */
export function makePlan(adoption: Adoption): Plan {
  return {
    conditions: conditions(adoption),
    stages: [
      prepare,
      registry,
      columns,
      backfill,
      checks,
      notNull,
      keys,
      references,
      swap,
      switchOver,
      finish,
    ].map((stage) => stage(adoption)),
    notes: notesOf(adoption),
  };
}

function notesOf(adoption: Adoption): readonly string[] {
  const inverted = adoption.tables.filter(({ ways }) => ways.some(({ inverse }) => inverse));
  const kept = keyPlans(adoption).filter(({ replaces }) => !replaces);
  const exclusions = adoption.tables.flatMap(({ relation }) =>
    relation.constraints
      .filter(({ kind }) => kind === "exclusion")
      .map(
        ({ name }) =>
          `${nameOf(relation)}: the exclusion constraint ${name} still holds across tenants; it can take the tenant in with the extension btree_gist.`,
      ),
  );
  const updates = referencePlans(adoption).filter(({ old }) => isSet(old.references!.onUpdate));
  const written = adoption.shared.filter(({ written }) => written);
  return [
    ...(written.length === 0
      ? []
      : [
          `The app may read and write every row of these global tables, whichever tenant it acts for: ${written.map(({ relation }) => nameOf(relation)).join(", ")}.`,
        ]),
    ...inverted.map(
      ({ relation }) =>
        `${nameOf(relation)}: its rows learn their tenant from rows that come later, so the old app cannot add to it between stages 50 and 90. Run these at one go.`,
    ),
    ...kept.map(
      ({ table, old }) =>
        `${nameOf(table.relation)}: ${old.name} stays as it is beside the one with the tenant, because the manifest, a key from elsewhere or a view that groups by it needs it.`,
    ),
    ...exclusions,
    ...updates.map(
      ({ table, old }) =>
        `${nameOf(table.relation)}: ${old.name} said ON UPDATE ${old.references!.onUpdate.toUpperCase()}, which has no form that spares tenant_id; it is left out.`,
    ),
  ];
}
