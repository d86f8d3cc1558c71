import type { Attempt } from "../attempt.js";
import { causeOf } from "../cause.js";
import { combine, holds, notApplicable, open, unproven, type Outcome } from "../outcome.js";
import { attacks } from "../rules.js";
import { assigns, equals } from "../rows.js";
import { accuse, harmless, judgeRefusal, shown, type Trial } from "../trial.js";
import type { TableProbe } from "./probe.js";
import { readable } from "./read.js";

/** Reads and writes where no tenant is set, after a RESET, and where nonsense is set: nothing may show. */
export const noTenant: TableProbe = {
  name: "no tenant",
  operation: "no tenant",
  attacks: [attacks.readWithoutTenant],
  async run(trial) {
    const { target } = trial;
    if (!target.rights.select) return holds("no privilege");
    const outcomes: Outcome[] = [];
    for (const context of ["none", "garbage"] as const) {
      const outcome = await readWithout(trial, context);
      if (outcome.verdict === "open") return outcome;
      outcomes.push(outcome);
    }
    return combine(outcomes);
  },
};

async function readWithout(trial: Trial, context: "none" | "garbage"): Promise<Outcome> {
  const { stage, target } = trial;
  const { sql, rowsOf } = target;
  const statement = `select ${readable(target)} from ${sql} where ${rowsOf.a} or ${rowsOf.b} limit 20`;
  const attempt = await stage.rolledBack(() => stage.asApp(context, statement));
  // Whatever error it is, it shows nothing: a cast of '' is as good as a refusal.
  if (!attempt.ok || attempt.rows.length === 0) return harmless(trial);
  const { mend } = causeOf(target, stage.role, "SELECT");
  const when = context === "none" ? "With no tenant set" : "With a tenant set that does not exist";
  const message = `${when}, ${shown(statement)} returned rows.`;
  return open(accuse(attacks.readWithoutTenant, trial, { message, mend }));
}

/** A row that belongs to no tenant must not show to one. */
export const seesNullTenant: TableProbe = {
  name: "sees rows without a tenant",
  operation: "read",
  attacks: [attacks.nullTenant],
  async run(trial) {
    const { stage, target } = trial;
    const { sql, tenantColumn, relation } = target;
    const column = relation.columns.find(({ name }) => name === tenantColumn);
    if (column === undefined || column.notNull) return notApplicable();
    if (!target.rights.readable.has(column.name)) return holds("no privilege");
    return stage.rolledBack(async () => {
      const isNull = equals(relation, column.name, null);
      const made = await stage.tryAsProver(
        `update ${sql} set ${assigns(column.name, null)} where ${target.foreignRow} and ${target.rowsOf.b}`,
        "b",
      );
      if (!made.ok && (stage.power.seesAll || isChecked(made))) {
        return harmless(trial, "no row without a tenant can be made");
      }
      if (!made.ok || made.count === 0) {
        return unproven(`the login ${stage.power.login} can make no row without a tenant`);
      }
      const statement = `select 1 from ${sql} where ${isNull} limit 1`;
      const attempt = await stage.asApp("a", statement);
      if (!attempt.ok) return judgeRefusal(attempt, "reading")!;
      if (attempt.rows.length === 0) return harmless(trial);
      const message = `As one tenant, ${shown(statement)} returned a row that belongs to no tenant, so whoever loses or plants one shows it to everybody.`;
      const { mend } = causeOf(target, stage.role, "SELECT");
      return open(accuse(attacks.nullTenant, trial, { message, mend, detail: "read" }));
    });
  },
};

/** A NOT NULL, by the column or by a CHECK. */
export const isChecked = (attempt: Attempt) =>
  !attempt.ok && ["23502", "23514"].includes(attempt.code);
