import { quoted } from "../../catalog/names.js";
import { canaryIn } from "../canary.js";
import { causeOf } from "../cause.js";
import { combine, holds, notApplicable, open, unproven, type Outcome } from "../outcome.js";
import { insertSql, type Values } from "../rows.js";
import { attacks } from "../rules.js";
import { accuse, foreignState, harmless, judgeRefusal, shown, type Trial } from "../trial.js";
import { freshRow, insertable } from "./insert.js";
import { sharedKeys, valuesIn, type SharedKey } from "./keys.js";
import type { TableProbe } from "./probe.js";
import { harmlessAssignment, mustNotReach } from "./write.js";

/** Inserts a row of A's whose key B has: ON CONFLICT DO NOTHING, DO UPDATE, DO UPDATE … WHERE. */
export const upsert: TableProbe = {
  name: "upsert",
  operation: "upsert",
  attacks: [attacks.uniqueOracle, attacks.foreignUpsert, attacks.upsertReveals],
  async run(trial) {
    const { rights } = trial.target;
    if (!rights.insert) return holds("no privilege");
    const keys = sharedKeys(trial.target);
    if (keys.length === 0) return holds("every unique key carries the tenant");
    const outcomes: Outcome[] = [];
    for (const key of keys) outcomes.push(await clash(trial, key));
    return combine(outcomes);
  },
};

async function clash(trial: Trial, key: SharedKey): Promise<Outcome> {
  const theirs = valuesIn(trial.target.foreign, key.columns);
  if (theirs === undefined) return unproven(`B's row has no value in ${key.name}`);
  return trial.stage.rolledBack(async () => {
    const fresh = await freshRow(trial, "a");
    if ("unproven" in fresh) return unproven(fresh.unproven);
    const row = insertable(trial, { values: { ...fresh.values, ...theirs } });
    const writes = await reachThrough(trial, key, row.values);
    return combine([await ask(trial, key, row.values), writes]);
  });
}

/** DO NOTHING that inserts nothing tells that somebody has the key. */
async function ask(trial: Trial, key: SharedKey, values: Values): Promise<Outcome> {
  const { target, stage } = trial;
  const statement = `${insertSql(target.sql, { values })} on conflict ${key.arbiter} do nothing`;
  const attempt = await stage.rolledBack(() => stage.asApp("a", statement));
  if (!attempt.ok) return judgeRefusal(attempt, "inserting B's key")!;
  if (attempt.count > 0) return harmless(trial);
  const message = `The unique key ${key.name} spans tenants: ${shown(statement)} inserted nothing, which tells that another tenant has the value.`;
  const severity = key.unguessable ? ("low" as const) : undefined;
  return open(
    accuse(attacks.uniqueOracle, trial, {
      message,
      mend: mendKey(trial, key),
      detail: key.name,
      ...(severity === undefined ? {} : { severity }),
    }),
  );
}

async function reachThrough(trial: Trial, key: SharedKey, values: Values): Promise<Outcome> {
  const { target, stage } = trial;
  const assignment = harmlessAssignment(target);
  if (!target.rights.update || assignment === undefined) return notApplicable();
  const insert = insertSql(`${target.sql} as r`, { values });
  const statement = `${insert} on conflict ${key.arbiter} do update set ${assignment}`;
  const reaching = await stage.rolledBack(async () => {
    // What the fresh row needed may have changed B's rows since the baseline.
    const before = await foreignState(stage, target);
    const attempt = await stage.asApp("a", statement);
    if (!attempt.ok) return judgeRefusal(attempt, "the upsert")!;
    if ((await foreignState(stage, target)) === before) return harmless(trial);
    const { why, mend } = causeOf(target, stage.role, "UPDATE");
    const message = `As one tenant, ${shown(statement)} changed a row of the other tenant. ${why}`;
    return open(accuse(attacks.foreignUpsert, trial, { message, mend, detail: key.name }));
  });
  return combine([reaching, await reveal(trial, key, `${statement} where r::text::integer = 0`)]);
}

async function reveal(trial: Trial, key: SharedKey, statement: string): Promise<Outcome> {
  const { target, stage } = trial;
  const attempt = await stage.rolledBack(() => stage.asApp("a", statement));
  if (attempt.ok) return harmless(trial);
  const hidden = target.foreign.canary?.text;
  const given = hidden !== undefined && statement.includes(hidden);
  const canaries = given || hidden === undefined ? new Set<string>() : new Set([hidden]);
  if (canaryIn(`${attempt.message}\n${attempt.detail}`, canaries) === undefined) {
    return attempt.code === "22P02"
      ? harmless(trial)
      : (judgeRefusal(attempt, "the upsert") ?? harmless(trial));
  }
  const message = `The error of ${shown(statement)} printed the other tenant's row (server ${target.subject.catalog.server.version}, CVE-2026-120154).`;
  return open(
    accuse(attacks.upsertReveals, trial, {
      message,
      mend: `Update PostgreSQL to 18.7, 17.12, 16.16, 15.20 or later. ${mendKey(trial, key)}`,
      detail: key.name,
    }),
  );
}

function mendKey({ target }: Trial, key: SharedKey): string {
  const { tenantColumn, sql, relation } = target;
  if (tenantColumn === undefined) {
    return `-- Give ${sql} a tenant column and lead its keys with it; \`tenantry adopt\` writes the steps.`;
  }
  const columns = [tenantColumn, ...key.columns].map(quoted).join(", ");
  const constraint = relation.constraints.find(({ name }) => name === key.name);
  if (constraint === undefined) {
    return `DROP INDEX ${quoted(relation.schema)}.${quoted(key.name)}; CREATE UNIQUE INDEX ON ${sql} (${columns});`;
  }
  const kind = constraint.kind === "primary key" ? "PRIMARY KEY" : "UNIQUE";
  return `ALTER TABLE ${sql} DROP CONSTRAINT ${quoted(key.name)}, ADD ${kind} (${columns});`;
}

/** MERGE on a key of B's: update and delete. */
export const merge: TableProbe = {
  name: "merge",
  operation: "upsert",
  attacks: [attacks.foreignUpsert],
  async run(trial) {
    const { target, stage } = trial;
    const { sql, foreignRow, rights, subject } = target;
    if (subject.catalog.server.number < 150_000) return notApplicable("the server has no MERGE");
    if (!rights.select) return holds("no privilege");
    const assignment = harmlessAssignment(target);
    const on = `merge into ${sql} using (select 1 as one) s on ${foreignRow} and ${target.rowsOf.b} when matched then`;
    const statements = [
      ...(rights.update && assignment !== undefined ? [`${on} update set ${assignment}`] : []),
      ...(rights.delete ? [`${on} delete`] : []),
    ];
    const outcomes: Outcome[] = [];
    for (const statement of statements) {
      const finding = () => {
        const { why, mend } = causeOf(target, stage.role, "UPDATE");
        const message = `As one tenant, ${shown(statement)} reached a row of the other tenant. ${why}`;
        return accuse(attacks.foreignUpsert, trial, { message, mend, detail: "merge" });
      };
      const outcome = await mustNotReach(trial, statement, finding);
      const cannot = outcome.note?.includes(" 0A000 ") === true;
      outcomes.push(cannot ? notApplicable("the server does not MERGE into it") : outcome);
    }
    return outcomes.length === 0 ? holds("no privilege") : combine(outcomes);
  },
};
