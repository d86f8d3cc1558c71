import { quoted } from "../../catalog/names.js";
import type { Row } from "../attempt.js";
import { canaryAmong } from "../canary.js";
import { causeOf } from "../cause.js";
import { combine, holds, open, type Outcome } from "../outcome.js";
import { attacks } from "../rules.js";
import type { Target } from "../target.js";
import { accuse, harmless, judgeRefusal, shown, type Trial } from "../trial.js";
import type { TableProbe } from "./probe.js";

/** Reads without a WHERE clause, by B's tenant id, and by a key of B's; and looks through all that comes. */
export const read: TableProbe = {
  name: "read",
  operation: "read",
  attacks: [attacks.foreignRead],
  async run(trial) {
    const { target } = trial;
    if (!target.rights.select) return holds("no privilege");
    const outcomes: Outcome[] = [];
    for (const statement of readings(target)) {
      const outcome = await readAs(trial, statement);
      if (outcome.verdict === "open") return outcome;
      outcomes.push(outcome);
    }
    return combine(outcomes);
  },
};

/** All columns that may be read, or a count where the key alone may not. */
export function readings(target: Target): readonly string[] {
  const columns = readable(target);
  const { sql, rowsOf, foreignRow } = target;
  const byKey = target.foreign.key.every((column) => target.rights.readable.has(column));
  return [
    `select ${columns} from ${sql} where ${rowsOf.b} limit 20`,
    ...(byKey ? [`select ${columns} from ${sql} where ${foreignRow} limit 20`] : []),
    `select ${columns} from ${sql} limit 500`,
  ];
}

export function readable({ relation, rights }: Target): string {
  const all = relation.columns.filter(({ name }) => rights.readable.has(name));
  return all.length === 0 ? "1" : all.map(({ name }) => quoted(name)).join(", ");
}

async function readAs(trial: Trial, statement: string): Promise<Outcome> {
  const { stage, target } = trial;
  const attempt = await stage.rolledBack(() => stage.asApp("a", statement));
  if (!attempt.ok) return judgeRefusal(attempt, "reading")!;
  const leak = foreignAmong(target, attempt.rows);
  if (leak === undefined) return harmless(trial);
  const { why, mend } = causeOf(target, stage.role, "SELECT");
  return open(
    accuse(attacks.foreignRead, trial, {
      message: `As one tenant, ${shown(statement)} returned ${leak}. ${why}`,
      mend,
    }),
  );
}

/** What of another tenant is among the rows, in words. */
export function foreignAmong(target: Target, rows: readonly Row[]): string | undefined {
  const { tenantColumn, world, canaries } = target;
  if (tenantColumn !== undefined) {
    const other = rows.find((row) => {
      const tenant = row[tenantColumn];
      return typeof tenant === "string" && tenant !== world.tenants.a;
    });
    if (other !== undefined) {
      return other[tenantColumn] === world.tenants.b
        ? "a row of the other tenant"
        : `a row of the tenant ${other[tenantColumn]!}`;
    }
  }
  const canary = canaryAmong(rows, canaries);
  return canary === undefined ? undefined : "what only a row of the other tenant holds";
}
