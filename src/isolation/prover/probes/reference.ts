import { columnNames, nameOf, quoted, sqlName } from "../../catalog/names.js";
import type { Constraint, Reference, Relation } from "../../catalog/relation.js";
import { describeRefusal, refusalOf, type Refused, type Row } from "../attempt.js";
import { combine, holds, notApplicable, open, unproven, type Outcome } from "../outcome.js";
import { assigns, equals, insertSql, type Values } from "../rows.js";
import { attacks } from "../rules.js";
import { putAside, spareRow } from "../spare-row.js";
import type { ClassifiedTable } from "../../subject/subject.js";
import type { Stage } from "../stage.js";
import type { Target } from "../target.js";
import { accuse, harmless, judgeRefusal, shown, type Trial } from "../trial.js";
import { freshRow, insertable } from "./insert.js";
import type { TableProbe } from "./probe.js";

export type ForeignKey = Constraint & { readonly references: Reference };

/** Hangs rows of A's on parents of B's. */
export const reference: TableProbe = {
  name: "reference",
  operation: "reference",
  attacks: [attacks.foreignReference],
  async run(trial) {
    const { target } = trial;
    if (!target.rights.insert && !target.rights.update) return holds("no privilege");
    const keys = foreignKeys(target.relation).filter((key) => leadsToTenant(trial, key));
    if (keys.length === 0) return notApplicable("it refers to no tenant's rows");
    const outcomes: Outcome[] = [];
    for (const key of keys) outcomes.push(await hang(trial, key));
    return combine(outcomes);
  },
};

/** What the key does now, for the one that takes its place; SET NULL must leave the tenant alone. */
export function actionsOf({ references }: ForeignKey, columns: readonly string[] = []): string {
  const { onDelete, onUpdate } = references;
  const list =
    onDelete.startsWith("set") && columns.length > 0 ? ` (${columns.map(quoted).join(", ")})` : "";
  return [
    onDelete === "no action" ? "" : ` ON DELETE ${onDelete.toUpperCase()}${list}`,
    onUpdate === "no action" ? "" : ` ON UPDATE ${onUpdate.toUpperCase()}`,
  ].join("");
}

export function foreignKeys({ constraints }: Relation): readonly ForeignKey[] {
  return constraints.filter((each): each is ForeignKey => each.references !== null);
}

/** One whose only column is the tenant's is the tenant itself: that is what a forged insert tries. */
function leadsToTenant({ target }: Trial, key: ForeignKey): boolean {
  const parent = target.subject.tables.get(key.references.relation);
  const own = columnNames(target.relation, key.columns);
  return parent?.class === "tenant" && own.some((column) => column !== target.tenantColumn);
}

async function hang(trial: Trial, key: ForeignKey): Promise<Outcome> {
  const { stage } = trial;
  return stage.rolledBack(async () => {
    const parent = await parentOf(trial, key);
    if (typeof parent === "string") return unproven(`${key.name}: ${parent}`);
    const pointing = pointingAt(trial, key, parent);
    const outcomes: Outcome[] = [];
    for (const write of [inserting, updating]) {
      const outcome = await stage.rolledBack(async () => {
        const statement = await write(trial, pointing);
        if (statement === undefined) return notApplicable();
        if (typeof statement !== "string") return unproven(`${key.name}: ${statement.unproven}`);
        const attempt = await stage.asApp("a", statement);
        if (attempt.ok && attempt.count > 0) return open(hanging(trial, key, statement));
        return attempt.ok ? harmless(trial) : judgeHanging(trial, attempt);
      });
      if (outcome.verdict === "open") return outcome;
      outcomes.push(outcome);
    }
    const tried = outcomes.filter(({ verdict }) => verdict !== "not applicable");
    return tried.length === 0 ? holds("no privilege") : combine(tried);
  });
}

function judgeHanging(trial: Trial, attempt: Refused): Outcome {
  const refusal = refusalOf(attempt);
  if (refusal === "foreign key") return holds();
  const { insert } = trial.control;
  // A guard of the author's own, as a trigger, counts where a row of A's own passes it.
  if (refusal === "other" && "ok" in insert && insert.ok) {
    return holds(`refused by ${describeRefusal(attempt)}`);
  }
  return judgeRefusal(attempt, "the statement")!;
}

type Statement = string | { readonly unproven: string } | undefined;

async function inserting(trial: Trial, pointing: Values): Promise<Statement> {
  const { target } = trial;
  if (!target.rights.insert) return undefined;
  const fresh = await freshRow(trial, "a");
  if ("unproven" in fresh) return fresh;
  const values = { ...fresh.values, ...pointing };
  return insertSql(target.sql, insertable(trial, { values }));
}

async function updating({ target }: Trial, pointing: Values): Promise<Statement> {
  const columns = Object.keys(pointing);
  if (!columns.every((column) => target.rights.updatable.has(column))) return undefined;
  const set = columns.map((column) => assigns(column, pointing[column] ?? null)).join(", ");
  return `update ${target.sql} set ${set} where ${target.ownRow} and ${target.rowsOf.a}`;
}

/**
 * A new row of a parent table that only B has, inserted by the prover.
 * @returns a sentence where there can be none
 */
async function parentOf({ target, stage }: Trial, key: ForeignKey): Promise<Row | string> {
  const parent = target.subject.tables.get(key.references.relation)!;
  const fresh = await spareRow(stage, target.world, parent.relation.oid, "b");
  if ("unproven" in fresh) return fresh.unproven;
  const statement = `${insertSql(sqlName(parent.relation), fresh)} returning *`;
  const made = await stage.tryAsProver(statement, "b");
  if (!made.ok)
    return `a row of ${nameOf(parent.relation)} could not be made: ${describeRefusal(made)}`;
  const row = made.rows[0]!;
  return (await putNamesakeAside(stage, target, parent, key, row)) ?? row;
}

/** Where each tenant has one row, A's may have the same id, and would be what is referred to. */
async function putNamesakeAside(
  stage: Stage,
  { world, sql }: Target,
  { relation, tenantColumn }: ClassifiedTable,
  { references }: ForeignKey,
  row: Row,
): Promise<string | undefined> {
  if (tenantColumn === undefined || sqlName(relation) === sql) return undefined;
  const theirs = columnNames(relation, references.columns).filter(
    (column) => column !== tenantColumn.name,
  );
  const where = [
    equals(relation, tenantColumn.name, world.tenants.a),
    ...theirs.map((column) => equals(relation, column, row[column] ?? null)),
  ];
  const removed = await putAside(stage, `${sqlName(relation)} where ${where.join(" and ")}`, "a");
  return removed.ok ? undefined : `A's row of the same key could not be put aside`;
}

/** The values that point at a parent; a tenant column stays the row's own. */
export function pointingAt({ target }: Trial, key: ForeignKey, parent: Row): Values {
  const parentRelation = target.subject.tables.get(key.references.relation)!.relation;
  const theirs = columnNames(parentRelation, key.references.columns);
  const pairs = columnNames(target.relation, key.columns).map(
    (column, index) => [column, parent[theirs[index]!] ?? null] as const,
  );
  return Object.fromEntries(pairs.filter(([column]) => column !== target.tenantColumn));
}

function hanging(trial: Trial, key: ForeignKey, statement: string) {
  const { target } = trial;
  const parent = target.subject.tables.get(key.references.relation)!;
  const own = columnNames(target.relation, key.columns);
  const theirs = columnNames(parent.relation, key.references.columns);
  const tenants = [target.tenantColumn, parent.tenantColumn?.name];
  const mend = tenants.includes(undefined)
    ? "Give both tables a tenant column and let the foreign key carry it; `tenantry adopt` writes the steps."
    : `ALTER TABLE ${target.sql} DROP CONSTRAINT ${quoted(key.name)}, ADD FOREIGN KEY (${[tenants[0]!, ...own].map(quoted).join(", ")}) REFERENCES ${sqlName(parent.relation)} (${[tenants[1]!, ...theirs].map(quoted).join(", ")})${actionsOf(key, own)};`;
  return accuse(attacks.foreignReference, trial, {
    message: `As one tenant, ${shown(statement)} refers to a row of the other tenant in ${nameOf(parent.relation)}.`,
    mend,
    detail: key.name,
  });
}
