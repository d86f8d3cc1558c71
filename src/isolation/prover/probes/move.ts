import { describeRefusal, refusalOf, type Attempt } from "../attempt.js";
import { causeOf } from "../cause.js";
import { combine, holds, notApplicable, open, type Outcome } from "../outcome.js";
import { assigns } from "../rows.js";
import { attacks } from "../rules.js";
import { accuse, harmless, judgeRefusal, shown, type Trial } from "../trial.js";
import type { TableProbe } from "./probe.js";
import { tooLarge, withoutTriggers, writeAs } from "./write.js";

/**
 * Hands a row of A's own to B, by key and blindly. B often has that key already; where the key alone
 * refused, B's rows are put out of the way, because the policy was asked before the key.
 */
export const moveAway: TableProbe = {
  name: "move away",
  operation: "update",
  attacks: [attacks.moveAway],
  async run(trial) {
    const { target, stage } = trial;
    const { sql, tenantColumn, world, ownRow, rowsOf } = target;
    if (tenantColumn === undefined) return notApplicable("no tenant column");
    if (!target.rights.updatable.has(tenantColumn)) return holds("no privilege");
    const set = assigns(tenantColumn, world.tenants.b);
    const blind = `update ${sql} set ${set}`;
    const large = tooLarge(trial);
    const outcomes: Outcome[] = large === undefined ? [] : [large];
    const makeRoom = [
      ...(stage.power.restsTriggers ? [withoutTriggers] : []),
      `delete from ${sql} where ${rowsOf.b}`,
    ];
    for (const statement of [
      `${blind} where ${ownRow} and ${rowsOf.a}`,
      ...(large === undefined ? [blind] : []),
    ]) {
      let written = await writeAs(trial, statement);
      if (isConstraint(written.attempt)) {
        written = await writeAs(trial, statement, makeRoom);
      }
      if (written.changed) {
        const { why, mend } = causeOf(target, stage.role, "UPDATE");
        const message = `As one tenant, ${shown(statement)} gave a row to the other tenant. ${why}`;
        return open(accuse(attacks.moveAway, trial, { message, mend }));
      }
      outcomes.push(
        (await refusedForTenant(trial, written.attempt)) ??
          judgeRefusal(written.attempt, "moving a row") ??
          harmless(trial),
      );
    }
    return combine(outcomes);
  },
};

/** A guard of the author's own, as a trigger, counts where the row may be set to the tenant it has. */
export async function refusedForTenant(
  trial: Trial,
  attempt: Attempt,
): Promise<Outcome | undefined> {
  const { target, stage } = trial;
  if (attempt.ok || refusalOf(attempt) !== "other" || target.tenantColumn === undefined) return;
  const set = assigns(target.tenantColumn, target.world.tenants.a);
  const same = `update ${target.sql} set ${set} where ${target.ownRow} and ${target.rowsOf.a}`;
  const control = await stage.rolledBack(() => stage.asApp("a", same));
  return control.ok && control.count > 0
    ? holds(`refused by ${describeRefusal(attempt)}`)
    : undefined;
}

function isConstraint(attempt: Attempt): boolean {
  return !attempt.ok && ["foreign key", "duplicate"].includes(refusalOf(attempt));
}
