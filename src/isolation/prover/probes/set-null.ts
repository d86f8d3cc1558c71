import { columnNames, nameOf, quoted, sqlName } from "../../catalog/names.js";
import type { Relation } from "../../catalog/relation.js";
import { describeRefusal } from "../attempt.js";
import { combine, holds, notApplicable, open, unproven, type Outcome } from "../outcome.js";
import { equals, insertSql } from "../rows.js";
import { attacks } from "../rules.js";
import { spareRow } from "../spare-row.js";
import { accuse, harmless, judgeRefusal, shown, type Trial } from "../trial.js";
import { freshRow } from "./insert.js";
import type { TableProbe } from "./probe.js";
import { foreignKeys, type ForeignKey } from "./reference.js";

interface Child {
  readonly relation: Relation;
  readonly tenantColumn: string;
  readonly key: ForeignKey;
}

/** Deletes a parent of A's whose child, A's too, loses its tenant by ON DELETE SET NULL. */
export const setNull: TableProbe = {
  name: "set null",
  operation: "cascade",
  attacks: [attacks.nullTenant],
  async run(trial) {
    const children = childrenOf(trial);
    if (children.length === 0) return notApplicable();
    if (!trial.target.rights.delete) return holds("no privilege");
    const outcomes: Outcome[] = [];
    for (const child of children) outcomes.push(await orphan(trial, child));
    return combine(outcomes);
  },
};

/** Those whose foreign key sets a tenant column that takes NULL. */
function childrenOf({ target }: Trial): readonly Child[] {
  return [...target.subject.tables.values()].flatMap(({ relation, tenantColumn, ...table }) => {
    if (table.class !== "tenant" || tenantColumn === undefined || tenantColumn.notNull) return [];
    return foreignKeys(relation)
      .filter(({ references }) => references.relation === target.relation.oid)
      .filter(({ columns, references: { onDelete, setOnDelete } }) => {
        const set = setOnDelete.length > 0 ? setOnDelete : columns;
        return onDelete === "set null" && set.includes(tenantColumn.number);
      })
      .map((key) => ({ relation, tenantColumn: tenantColumn.name, key }));
  });
}

async function orphan(trial: Trial, { relation, tenantColumn, key }: Child): Promise<Outcome> {
  const { stage, target } = trial;
  if (!stage.power.seesAll) return unproven(`${key.name}: ${stage.power.login} would not see it`);
  return stage.rolledBack(async () => {
    const parent = await freshRow(trial, "a");
    if ("unproven" in parent) return unproven(parent.unproven);
    const child = await spareRow(stage, target.world, relation.oid, "a");
    if ("unproven" in child) return unproven(child.unproven);
    const made = await stage.tryAsProver(`${insertSql(target.sql, parent)} returning *`, "a");
    if (!made.ok) return unproven(`a parent could not be made: ${describeRefusal(made)}`);
    const theirs = columnNames(target.relation, key.references.columns);
    const own = columnNames(relation, key.columns);
    const row = made.rows[0]!;
    const pointing = own.map((name, index) => [name, row[theirs[index]!] ?? null] as const);
    const values = { ...child.values, ...Object.fromEntries(pointing) };
    const hung = await stage.tryAsProver(insertSql(sqlName(relation), { values }), "a");
    if (!hung.ok) return unproven(`a child could not be made: ${describeRefusal(hung)}`);
    const before = await withoutTenant(trial, relation, tenantColumn);
    const where = theirs.map((name) => equals(target.relation, name, row[name] ?? null));
    const statement = `delete from ${target.sql} where ${where.join(" and ")}`;
    const attempt = await stage.asApp("a", statement);
    if (!attempt.ok) return judgeRefusal(attempt, "the statement")!;
    if ((await withoutTenant(trial, relation, tenantColumn)) === before) return harmless(trial);
    const kept = own.filter((name) => name !== tenantColumn).map(quoted);
    const finding = accuse(attacks.nullTenant, trial, {
      message: `As one tenant, ${shown(statement)} took the tenant from its row in ${nameOf(relation)}: ON DELETE SET NULL of ${key.name} sets ${tenantColumn} too.`,
      mend: `ALTER TABLE ${sqlName(relation)} ALTER COLUMN ${quoted(tenantColumn)} SET NOT NULL; -- and let ${key.name} be ON DELETE SET NULL (${kept.join(", ")})`,
      detail: `${nameOf(relation)}.${key.name}`,
    });
    return open(finding);
  });
}

async function withoutTenant({ stage }: Trial, relation: Relation, column: string) {
  const [row] = await stage.asProver(
    `select pg_catalog.count(*)::text as rows from ${sqlName(relation)} where ${equals(relation, column, null)}`,
  );
  return row?.["rows"];
}
