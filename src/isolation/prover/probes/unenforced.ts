import type { Column } from "../../catalog/relation.js";
import { describeRefusal, refusalOf } from "../attempt.js";
import { combine, holds, notApplicable, open, unproven, type Outcome } from "../outcome.js";
import { insertSql } from "../rows.js";
import { attacks } from "../rules.js";
import { accuse, harmless, judgeRefusal, shown, type Trial } from "../trial.js";
import { freshRow, insertable } from "./insert.js";
import type { TableProbe } from "./probe.js";

/** Names ids of B's where no foreign key looks: beside a column of types, or in an array. */
export const unenforced: TableProbe = {
  name: "unenforced ids",
  operation: "reference",
  attacks: [attacks.foreignReference],
  async run(trial) {
    const { target } = trial;
    const columns = looseColumns(trial);
    if (columns.length === 0) return notApplicable();
    if (!target.rights.insert) return holds("no privilege");
    const outcomes: Outcome[] = [];
    for (const column of columns) {
      outcomes.push(await trial.stage.rolledBack(() => name(trial, column)));
    }
    return combine(outcomes);
  },
};

/** Those shaped as `subject_type` with `subject_id`, or as `user_ids`. */
function looseColumns({ target }: Trial): readonly Column[] {
  const { relation, tenantColumn, rights } = target;
  const bound = new Set(
    relation.constraints
      .filter(({ kind }) => kind === "foreign key")
      .flatMap(({ columns }) => columns),
  );
  const names = new Set(relation.columns.map((column) => column.name.toLowerCase()));
  return relation.columns.filter((column) => {
    if (bound.has(column.number) || column.name === tenantColumn) return false;
    if (!rights.insertable.has(column.name) || column.generated !== "") return false;
    if (column.category === "A") return /ids$/i.test(column.name);
    const stem = /^(.+?)(_?)(?:id|uuid)$/i.exec(column.name);
    return stem !== null && names.has(`${stem[1]!}${stem[2]!}type`.toLowerCase());
  });
}

async function name(trial: Trial, column: Column): Promise<Outcome> {
  const { stage, target } = trial;
  const id = foreignId(trial, column);
  if (id === undefined) return notApplicable();
  const fresh = await freshRow(trial, "a");
  if ("unproven" in fresh) return unproven(fresh.unproven);
  const value = column.category === "A" ? `{${JSON.stringify(id)}}` : id;
  const values = { ...fresh.values, [column.name]: value };
  const statement = insertSql(target.sql, insertable(trial, { values }));
  const attempt = await stage.asApp("a", statement);
  if (attempt.ok) {
    const finding = accuse(attacks.foreignReference, trial, {
      message: `As one tenant, ${shown(statement)} names an id of the other tenant's in ${column.name}, and nothing looks whose it is.`,
      mend: "Give each kind its own column with a foreign key that carries the tenant, and arrays a table of their own; or look in a trigger.",
      detail: column.name,
      severity: "medium",
    });
    return open(finding);
  }
  const { insert } = trial.control;
  const ownAccepted = "ok" in insert && insert.ok;
  if (ownAccepted && ["other", "foreign key"].includes(refusalOf(attempt))) {
    return holds(`refused by ${describeRefusal(attempt)}`);
  }
  return judgeRefusal(attempt, "the statement") ?? harmless(trial);
}

/** A key that only B has, of the column's type. */
function foreignId({ target }: Trial, { category, elementType, baseType }: Column) {
  const type = category === "A" ? elementType : baseType;
  for (const { table, rows } of target.world.tables.values()) {
    if (table.class !== "tenant") continue;
    const taken = new Set(
      rows.filter(({ tenant }) => tenant === "a").flatMap(({ values }) => Object.values(values)),
    );
    for (const { tenant, key, values } of rows) {
      const [single, ...more] = key.filter((each) => each !== table.tenantColumn?.name);
      const found = table.relation.columns.find((column) => column.name === single);
      if (tenant !== "b" || single === undefined || more.length > 0) continue;
      const text = values[single];
      const fits = found?.baseType === type || (found?.baseType === "uuid" && type === "text");
      if (fits && typeof text === "string" && !taken.has(text)) return text;
    }
  }
  return undefined;
}
