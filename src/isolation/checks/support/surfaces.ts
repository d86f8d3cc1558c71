import { settableRoles } from "../../catalog/powers.js";
import { nameOf } from "../../catalog/names.js";
import { tenantTables, type Subject } from "../../subject/subject.js";
import { tablesWithGlobalKeys } from "./places.js";
import { usableRows } from "./reach.js";
import {
  extendedStatistics,
  inlinedPolicies,
  mergeWithoutPolicies,
  policiesOfAnotherRole,
  statisticsOfHiddenRows,
  upsertBeforePolicies,
  type Hole,
} from "./releases.js";
import { definerViews } from "./views.js";
import { listed } from "./wording.js";

/** A hole, what can be done through it, and whether this database offers what that needs: a sentence, where it does. */
export interface Surface {
  readonly hole: Hole;
  readonly power: string;
  readonly surface: (subject: Subject) => string | undefined;
}

export const surfaces: readonly Surface[] = [
  {
    hole: upsertBeforePolicies,
    power: "ON CONFLICT DO UPDATE reads another tenant's row before its policies are asked",
    surface: (subject) =>
      sentence(
        tablesWithGlobalKeys(
          subject,
          ({ table: { relation } }) =>
            ["INSERT", "UPDATE"].every(
              (each) => usableRows(subject, relation, [each]).length > 0,
            ) && relation.rowSecurity,
        ),
        "have unique keys without the tenant and take upserts (D5)",
      ),
  },
  {
    hole: statisticsOfHiddenRows,
    power: "an operator of one's own reads samples of hidden rows from the planner's statistics",
    surface: (subject) =>
      sentence(
        [
          ...definerViews(subject).flatMap(({ view, open, held }) =>
            open.length + held.length > 0 ? [nameOf(view)] : [],
          ),
          ...tenantTables(subject).flatMap(({ relation }) =>
            relation.kind === "partitioned table" ? [nameOf(relation)] : [],
          ),
        ],
        "are views or have partitions through which it can be done",
      ),
  },
  {
    hole: policiesOfAnotherRole,
    power: "a plan that is used again after a change of role keeps the policies of the former one",
    surface: severalRoles,
  },
  {
    hole: extendedStatistics,
    power: "pg_stats_ext shows everybody the most common values of other roles' tables",
    surface: () => undefined,
  },
  {
    hole: mergeWithoutPolicies,
    power: "MERGE does not ask the policies for SELECT and UPDATE",
    surface: (subject) =>
      sentence(
        tenantTables(subject)
          .map(({ relation }) => relation)
          .filter(
            (relation) =>
              relation.policies.some(
                ({ command }) => command === "SELECT" || command === "UPDATE",
              ) && usableRows(subject, relation, ["UPDATE"]).length > 0,
          )
          .map(nameOf),
        "have policies for single commands and may be written",
      ),
  },
  {
    hole: inlinedPolicies,
    power: "an inlined function keeps the policies of the role that it was planned for",
    surface: severalRoles,
  },
];

/** Both holes need a session that changes its role, and policies that differ from role to role. */
function severalRoles(subject: Subject): string | undefined {
  const changes = subject.appRoles.filter(
    ({ oid, superuser }) => !superuser && settableRoles(subject.catalog, oid).length > 1,
  );
  const byRole = tenantTables(subject).filter(({ relation }) =>
    relation.policies.some(
      ({ roles, using }) => !roles.includes(0) || /current_user|session_user/i.test(using ?? ""),
    ),
  );
  if (changes.length === 0) return undefined;
  const names = listed(changes.map(({ name }) => name));
  return byRole.length === 0
    ? undefined
    : `${names} may SET ROLE, and policies of ${listed(byRole.map(({ relation }) => nameOf(relation)))} differ from role to role.`;
}

function sentence(names: readonly string[], what: string): string | undefined {
  return names.length === 0 ? undefined : `${listed(names)} ${what}.`;
}
