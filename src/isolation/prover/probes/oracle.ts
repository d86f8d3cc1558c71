import { quoted } from "../../catalog/names.js";
import { describeRefusal } from "../attempt.js";
import { holds, notApplicable, open, unproven, type Outcome } from "../outcome.js";
import { insertSql, matches, type Values } from "../rows.js";
import { attacks } from "../rules.js";
import { accuse, harmless, judgeRefusal, shown, type Trial } from "../trial.js";
import { freshRow } from "./insert.js";
import type { TableProbe } from "./probe.js";

/** Asks EXPLAIN ANALYZE for a row of B's by its id: once while nobody has it, and once when B has. */
export const explain: TableProbe = {
  name: "explain",
  operation: "oracle",
  attacks: [attacks.explainOracle],
  async run(trial) {
    const { rights } = trial.target;
    if (!rights.select) return holds("no privilege");
    return trial.stage.rolledBack(async () => {
      const lookUp = await lookUpOfB(trial);
      if ("verdict" in lookUp) return lookUp;
      const absent = await removedBy(trial, lookUp.statement);
      if (typeof absent !== "number") return absent;
      await trial.stage.asProver(lookUp.insert, "b");
      const present = await removedBy(trial, lookUp.statement);
      if (typeof present !== "number") return present;
      if (present === absent) return harmless(trial);
      return open(counted(trial, lookUp, absent, present));
    });
  },
};

export interface LookUp {
  /** A SELECT by the id, as the application would write it. */
  readonly statement: string;
  /** Makes the row that it asks for. */
  readonly insert: string;
  readonly columns: readonly string[];
}

/** A row of B's that is not there, and the look-up of its id without its tenant. */
export async function lookUpOfB(trial: Trial): Promise<LookUp | Outcome> {
  const { target, stage } = trial;
  const columns = target.foreign.key.filter((column) => column !== target.tenantColumn);
  if (columns.length === 0) return notApplicable("no key but the tenant");
  if (!columns.every((column) => target.rights.readable.has(column))) return holds("no privilege");
  const fresh = await freshRow(trial, "b");
  if ("unproven" in fresh) return unproven(fresh.unproven);
  const made = await stage.rolledBack(() =>
    stage.tryAsProver(`${insertSql(target.sql, fresh)} returning *`, "b"),
  );
  if (!made.ok) return unproven(`a row of B's could not be made: ${describeRefusal(made)}`);
  const id: Values = Object.fromEntries(
    columns.map((column) => [column, made.rows[0]![column] ?? null]),
  );
  const where = matches(target.relation, id);
  return {
    columns,
    statement: `select 1 from ${target.sql} where ${where}`,
    insert: insertSql(target.sql, { values: { ...fresh.values, ...id } }),
  };
}

async function removedBy(trial: Trial, statement: string): Promise<number | Outcome> {
  const { stage } = trial;
  // Test tables are small, and a small table is read as a whole whatever its indexes.
  stage.session.later("set local enable_seqscan = off");
  const attempt = await stage.rolledBack(() =>
    stage.asApp("a", `explain (analyze, costs off, timing off, summary off) ${statement}`),
  );
  if (!attempt.ok) return judgeRefusal(attempt, "EXPLAIN ANALYZE")!;
  const plan = attempt.rows.map((row) => Object.values(row)[0] ?? "").join("\n");
  const counts = plan.matchAll(/Rows Removed by [^:]*: (\d+)/g);
  return Array.from(counts, ([, count]) => Number(count)).reduce((sum, each) => sum + each, 0);
}

function counted(trial: Trial, { statement, columns }: LookUp, absent: number, present: number) {
  const { target } = trial;
  const tenant = target.tenantColumn;
  return accuse(attacks.explainOracle, trial, {
    message: `EXPLAIN ANALYZE ${shown(statement)} says "Rows Removed by Filter: ${present}" where the other tenant has the id, and ${absent} where nobody has.`,
    mend:
      tenant === undefined
        ? "Give the table a tenant column and lead its keys with it; until then let nobody run EXPLAIN ANALYZE as the application's role."
        : `CREATE UNIQUE INDEX ON ${target.sql} (${[tenant, ...columns].map(quoted).join(", ")}); -- in place of the key without the tenant; and refuse EXPLAIN ANALYZE in the application`,
  });
}
