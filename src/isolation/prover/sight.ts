import type { Oid } from "../catalog/catalog.js";
import { describeRefusal } from "./attempt.js";
import { policyHelpers } from "./objects/helpers.js";
import type { Stage } from "./stage.js";
import type { Target } from "./target.js";
import { stateQuery } from "./trial.js";

type Targets = ReadonlyMap<Oid, Target | string>;

/**
 * Takes out the tables of which a login that row security binds would say anything: whose rows it does
 * not see, so that no change would show, and whose policies ask for the login itself.
 */
export async function withinSight(stage: Stage, targets: Targets): Promise<Targets> {
  if (stage.power.superuser) return targets;
  const seen: (readonly [Oid, Target | string])[] = [];
  for (const [oid, target] of targets) {
    seen.push([oid, typeof target === "string" ? target : await seenBy(stage, target)]);
  }
  return new Map(seen);
}

async function seenBy(stage: Stage, target: Target): Promise<Target | string> {
  const { login, seesAll } = stage.power;
  if (asksForLogin(target)) {
    return "its policies ask for session_user, which only a superuser's login can change";
  }
  const looked = await stage.tryAsProver(stateQuery(target), seesAll ? undefined : "b");
  if (!looked.ok) return `the login ${login} cannot read it: ${describeRefusal(looked)}`;
  const seen = Number.parseInt(looked.rows[0]?.["state"] ?? "0", 10);
  const made = rowsOfB(target);
  if (seen >= made) return target;
  return `the login ${login} sees ${seen} of the ${made} rows made for the other tenant, so that not every change would show: let its policies be TO PUBLIC, or prove as a superuser`;
}

/** At least one, or it would not be a target. */
function rowsOfB({ world, relation }: Target): number {
  const rows = world.tables.get(relation.oid)?.rows ?? [];
  return rows.filter(({ tenant }) => tenant === "b").length;
}

function asksForLogin({ relation, subject }: Target): boolean {
  const { policies } = relation;
  const texts = [
    ...policies.flatMap(({ using, check }) => [using ?? "", check ?? ""]),
    ...policyHelpers(subject.catalog, policies).map(({ source }) => source),
  ];
  return texts.some((text) => /\b(session_user|system_user)\b/i.test(text));
}
