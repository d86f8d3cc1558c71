import { columnNames, nameOf, quoted, sqlName } from "../../catalog/names.js";
import type { Relation } from "../../catalog/relation.js";
import type { Subject } from "../../subject/subject.js";
import { describeRefusal, type Row } from "../attempt.js";
import { combine, holds, notApplicable, open, unproven, type Outcome } from "../outcome.js";
import { assigns, equals, insertSql } from "../rows.js";
import { attacks } from "../rules.js";
import type { FreshRow } from "../seed/contract.js";
import { spareRow } from "../spare-row.js";
import { accuse, harmless, judgeRefusal, shown, type Trial } from "../trial.js";
import type { World } from "../world.js";
import { freshRow } from "./insert.js";
import type { TableProbe } from "./probe.js";
import { actionsOf, foreignKeys, type ForeignKey } from "./reference.js";

interface Child {
  readonly relation: Relation;
  readonly tenantColumn: string | undefined;
  readonly key: ForeignKey;
}

/** Deletes and renames a parent of A's that a child of B's hangs on. */
export const cascade: TableProbe = {
  name: "cascade",
  operation: "cascade",
  attacks: [attacks.foreignCascade],
  async run(trial) {
    const { rights } = trial.target;
    const children = childrenOf(trial);
    if (children.length === 0) return notApplicable("nothing cascades from it");
    if (!rights.delete && !rights.update) return holds("no privilege");
    const outcomes: Outcome[] = [];
    for (const child of children) {
      const { onDelete, onUpdate } = child.key.references;
      if (follows(onDelete)) outcomes.push(await pull(trial, child, "delete"));
      if (follows(onUpdate)) outcomes.push(await pull(trial, child, "update"));
    }
    return combine(outcomes);
  },
};

const follows = (action: string) => action !== "no action" && action !== "restrict";

function childrenOf({ target }: Trial): readonly Child[] {
  return [...target.subject.tables.values()]
    .filter((table) => table.class === "tenant" && !table.relation.isPartition)
    .flatMap(({ relation, tenantColumn }) =>
      foreignKeys(relation)
        .filter(({ references }) => references.relation === target.relation.oid)
        .filter((key) => tenantColumn !== undefined || !isItsTenant(target.subject, relation, key))
        .filter(({ references }) => follows(references.onDelete) || follows(references.onUpdate))
        .map((key) => ({ relation, tenantColumn: tenantColumn?.name, key })),
    );
}

/** Where nothing but this key says whose a row is, the row goes with its parent, to whoever has that. */
function isItsTenant({ tables }: Subject, relation: Relation, key: ForeignKey): boolean {
  return foreignKeys(relation)
    .filter(({ references }) => references.relation !== relation.oid)
    .filter(({ references }) => tables.get(references.relation)?.class === "tenant")
    .every((each) => each === key);
}

async function pull(trial: Trial, child: Child, verb: "delete" | "update"): Promise<Outcome> {
  const { stage, target } = trial;
  return stage.rolledBack(async () => {
    const { parent, other } = await insertFresh(trial, verb);
    if (typeof parent === "string") return unproven(parent);
    const hung = await hangForeignChild(trial, child, parent);
    if (typeof hung !== "string") return hung;
    const before = await childState(trial, child, hung);
    if (before === "gone") return unproven(`${child.key.name}: the child cannot be seen`);
    const statement = pulling(trial, child, parent, other);
    if (typeof statement !== "string") return statement;
    const attempt = await stage.asApp("a", statement);
    if (!attempt.ok) return judgeRefusal(attempt, "the statement")!;
    if ((await childState(trial, child, hung)) === before) return harmless(trial);
    const { onDelete, onUpdate } = child.key.references;
    const action = verb === "delete" ? onDelete : onUpdate;
    return open(
      accuse(attacks.foreignCascade, trial, {
        message: `As one tenant, ${shown(statement)} reached a row of the other tenant in ${nameOf(child.relation)} by ${child.key.name} (ON ${verb.toUpperCase()} ${action.toUpperCase()}).`,
        mend: mend(target.sql, target.tenantColumn, target.relation, child),
        detail: `${nameOf(child.relation)}.${child.key.name}`,
      }),
    );
  });
}

type Another = Awaited<ReturnType<World["another"]>>;

/** @returns the row; and another one whose key it may get, to be found before the table is full */
async function insertFresh(
  trial: Trial,
  verb: "delete" | "update",
): Promise<{ readonly parent: Row | string; readonly other?: Another }> {
  const fresh = await freshRow(trial, "a");
  if ("unproven" in fresh) return { parent: fresh.unproven };
  if (verb === "delete") return { parent: await insertRow(trial, fresh) };
  trial.stage.turnProver();
  const other = await trial.target.world.another(trial.target.relation.oid, "a");
  return { parent: await insertRow(trial, fresh), other };
}

async function insertRow(trial: Trial, fresh: FreshRow): Promise<Row | string> {
  const made = await trial.stage.tryAsProver(
    `${insertSql(trial.target.sql, fresh)} returning *`,
    "a",
  );
  return made.ok ? made.rows[0]! : `a parent could not be made: ${describeRefusal(made)}`;
}

/** @returns a condition that finds the child; or why nothing of B's can hang there, which holds */
async function hangForeignChild(
  { target, stage }: Trial,
  { relation, tenantColumn, key }: Child,
  parent: Row,
): Promise<string | Outcome> {
  const fresh = await spareRow(stage, target.world, relation.oid, "b");
  if ("unproven" in fresh) return unproven(fresh.unproven);
  const theirs = columnNames(target.relation, key.references.columns);
  const pointing = Object.fromEntries(
    columnNames(relation, key.columns)
      .map((column, index) => [column, parent[theirs[index]!] ?? null] as const)
      .filter(([column]) => column !== tenantColumn),
  );
  const values = { ...fresh.values, ...pointing };
  const made = await stage.tryAsProver(
    `${insertSql(sqlName(relation), { values })} returning tableoid::text, ctid::text`,
    "b",
  );
  if (!made.ok) {
    return made.code === "23503"
      ? holds("no row of another tenant can hang on it")
      : unproven(`${key.name}: no child could be made: ${describeRefusal(made)}`);
  }
  const { tableoid, ctid } = made.rows[0]!;
  return `tableoid = '${tableoid!}' and ctid = '${ctid!}'`;
}

/** ON DELETE removes or rewrites it, so that it is no longer where it was. */
async function childState({ stage }: Trial, { relation }: Child, where: string): Promise<string> {
  const rows = await stage.asProver(
    `select r::text as row from ${sqlName(relation)} r where ${where}`,
    stage.power.seesAll ? undefined : "b",
  );
  return rows[0]?.["row"] ?? "gone";
}

/** @param other undefined for a DELETE */
function pulling(
  { target }: Trial,
  { key }: Child,
  parent: Row,
  other: Another | undefined,
): string | Outcome {
  const columns = columnNames(target.relation, key.references.columns);
  const where = columns
    .map((column) => equals(target.relation, column, parent[column] ?? null))
    .join(" and ");
  if (other === undefined) return `delete from ${target.sql} where ${where}`;
  if ("unproven" in other) return unproven(other.unproven);
  const changing = columns.filter(
    (column) => column !== target.tenantColumn && other.values[column] !== undefined,
  );
  if (changing.length === 0) return holds("its key cannot be renamed");
  const set = changing.map((column) => assigns(column, other.values[column] ?? null)).join(", ");
  return `update ${target.sql} set ${set} where ${where}`;
}

function mend(
  parent: string,
  parentTenant: string | undefined,
  parentRelation: Relation,
  { relation, tenantColumn, key }: Child,
): string {
  if (parentTenant === undefined || tenantColumn === undefined) {
    return "Give both tables a tenant column and let the foreign key carry it; `tenantry adopt` writes the steps.";
  }
  const own = [tenantColumn, ...columnNames(relation, key.columns)].map(quoted).join(", ");
  const theirs = [parentTenant, ...columnNames(parentRelation, key.references.columns)];
  return `ALTER TABLE ${sqlName(relation)} DROP CONSTRAINT ${quoted(key.name)}, ADD FOREIGN KEY (${own}) REFERENCES ${parent} (${theirs.map(quoted).join(", ")})${actionsOf(key, columnNames(relation, key.columns))};`;
}
