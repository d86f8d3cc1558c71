import { quoted } from "../../catalog/names.js";
import { describeRefusal, refusalOf, type Attempt } from "../attempt.js";
import { causeOf } from "../cause.js";
import { combine, holds, notApplicable, open, unproven, type Outcome } from "../outcome.js";
import { insertSql, type Values } from "../rows.js";
import { attacks } from "../rules.js";
import type { FreshRow } from "../seed/contract.js";
import { spareRow } from "../spare-row.js";
import type { Target } from "../target.js";
import { accuse, foreignState, harmless, judgeRefusal, shown, type Trial } from "../trial.js";
import { refusedForTenant } from "./move.js";
import { isChecked } from "./no-tenant.js";
import type { TableProbe } from "./probe.js";

/** Inserts a row that is B's, as A, with and without RETURNING; and one that makes A's user one of B's. */
export const forgedInsert: TableProbe = {
  name: "forged insert",
  operation: "insert",
  attacks: [attacks.forgedInsert],
  async run(trial) {
    const { target } = trial;
    if (!target.rights.insert) return holds("no privilege");
    if (target.tenantColumn === undefined) return notApplicable("no tenant column");
    const join = joining(target);
    const tries: readonly (readonly [string, Values])[] = [
      ["", {}],
      [" returning 1", {}],
      ...(Object.keys(join).length === 0 ? [] : [["", join] as const]),
    ];
    const outcomes: Outcome[] = [];
    for (const [ending, instead] of tries) {
      const outcome = await forge(trial, ending, instead);
      if (outcome.verdict === "open") return outcome;
      outcomes.push(outcome);
    }
    return combine(outcomes);
  },
};

/** A's user in the columns that hold it in A's own row: a membership in the other tenant. */
function joining({ own, tenantColumn, world: { users } }: Target): Values {
  const pairs = Object.entries(own.values).filter(
    ([name, value]) => users.a !== undefined && value === users.a && name !== tenantColumn,
  );
  return Object.fromEntries(pairs);
}

function forge(trial: Trial, ending: string, instead: Values): Promise<Outcome> {
  const { stage, target } = trial;
  return stage.rolledBack(async () => {
    const fresh = await freshRow(trial, "b");
    if ("unproven" in fresh) return unproven(fresh.unproven);
    const before = await foreignState(stage, target);
    const values = { ...fresh.values, ...instead };
    const statement = insertSql(target.sql, insertable(trial, { values })) + ending;
    const attempt = await stage.asApp("a", statement);
    if (!attempt.ok) return judgeForged(trial, attempt);
    if ((await foreignState(stage, target)) === before) {
      // As where a trigger gave it to A; but what the prover cannot see may be B's.
      if (stage.power.seesAll || attempt.count === 0) return harmless(trial);
      return unproven(`${stage.power.login} cannot see whose the row became that was inserted`);
    }
    const { why, mend } = causeOf(target, stage.role, "INSERT");
    const message = `As one tenant, ${shown(statement)} made a row of the other tenant's. ${why}`;
    return open(accuse(attacks.forgedInsert, trial, { message, mend }));
  });
}

/** With a row of A's own accepted, what refuses B's is a guard, if of an unusual kind. */
function judgeForged(trial: Trial, attempt: Attempt & { ok: false }): Outcome {
  const refusal = refusalOf(attempt);
  const { insert } = trial.control;
  const ownAccepted = "ok" in insert && insert.ok;
  if (refusal !== "other" || !ownAccepted) return judgeRefusal(attempt, "inserting")!;
  return holds(`refused by ${describeRefusal(attempt)}`);
}

/** Inserts a row of A's own, leaving the tenant to the database: it must not become B's. */
export const defaultInsert: TableProbe = {
  name: "insert without a tenant",
  operation: "insert",
  attacks: [attacks.sideEffect],
  async run(trial) {
    const { stage, target } = trial;
    const { tenantColumn } = target;
    if (!target.rights.insert) return holds("no privilege");
    if (tenantColumn === undefined) return notApplicable("no tenant column");
    return stage.rolledBack(async () => {
      const fresh = await freshRow(trial, "a");
      if ("unproven" in fresh) return unproven(fresh.unproven);
      // Where B has its one row already, a row that becomes B's would be refused as a second one.
      await freshRow(trial, "b");
      const before = await foreignState(stage, target);
      const values = Object.fromEntries(
        Object.entries(fresh.values).filter(([name]) => name !== tenantColumn),
      );
      const attempt = await stage.asApp("a", insertSql(target.sql, insertable(trial, { values })));
      // Without a default there is nothing that could go wrong.
      if (!attempt.ok) return harmless(trial);
      if ((await foreignState(stage, target)) === before) return harmless(trial);
      const message = `As one tenant, an INSERT that leaves out ${tenantColumn} made a row of the other tenant's.`;
      const mend = `ALTER TABLE ${target.sql} ALTER COLUMN ${quoted(tenantColumn)} DROP DEFAULT; -- and see its triggers`;
      return open(accuse(attacks.sideEffect, trial, { message, mend, detail: "default" }));
    });
  },
};

/** Inserts and makes rows whose tenant is NULL. */
export const nullTenant: TableProbe = {
  name: "null tenant",
  operation: "insert",
  attacks: [attacks.nullTenant],
  async run(trial) {
    const { stage, target } = trial;
    const { tenantColumn, relation, rights } = target;
    const column = relation.columns.find(({ name }) => name === tenantColumn);
    if (column === undefined || column.notNull) return notApplicable();
    if (!rights.insert && !rights.updatable.has(column.name)) return holds("no privilege");
    return stage.rolledBack(async () => {
      const fresh = await freshRow(trial, "a");
      if ("unproven" in fresh) return unproven(fresh.unproven);
      const values = { ...fresh.values, [column.name]: null };
      const inserting = insertSql(target.sql, insertable(trial, { values }));
      const updating = `update ${target.sql} set ${quoted(column.name)} = null`;
      const outcomes: Outcome[] = [];
      for (const statement of [inserting, updating]) {
        const attempt = await stage.asApp("a", statement);
        if (attempt.ok && attempt.count > 0) return open(nullRow(trial, column.name, statement));
        // A NOT NULL by CHECK refuses as well as the policy does.
        const byGuard = statement === updating ? await refusedForTenant(trial, attempt) : undefined;
        outcomes.push(
          isChecked(attempt)
            ? holds()
            : (byGuard ?? judgeRefusal(attempt, "the statement") ?? harmless(trial)),
        );
      }
      return combine(outcomes);
    });
  },
};

function nullRow(trial: Trial, column: string, statement: string) {
  return accuse(attacks.nullTenant, trial, {
    message: `As one tenant, ${shown(statement)} made a row that belongs to no tenant.`,
    mend: `ALTER TABLE ${trial.target.sql} ALTER COLUMN ${quoted(column)} SET NOT NULL;`,
  });
}

/** One that can be inserted now; to be called behind a savepoint. */
export function freshRow({ target, stage }: Trial, tenant: "a" | "b") {
  return spareRow(stage, target.world, target.relation.oid, tenant);
}

/** Columns that the role may not give are left to the database. */
export function insertable({ target }: Trial, { values }: FreshRow): FreshRow {
  const allowed = target.rights.insertable;
  return {
    values: Object.fromEntries(Object.entries(values).filter(([name]) => allowed.has(name))),
  };
}
