import { quoted } from "../../catalog/names.js";
import type { Column, Relation } from "../../catalog/relation.js";
import { refusalOf, type Attempt } from "../attempt.js";
import { open, unproven, type Outcome } from "../outcome.js";
import { sqlValue } from "../rows.js";
import type { Target } from "../target.js";
import { foreignState, harmless, judgeRefusal, type Trial } from "../trial.js";
import type { Finding } from "../../report/finding.js";

/** What a write did to the other tenant's rows. */
interface Written {
  readonly attempt: Attempt;
  readonly changed: boolean;
}

/**
 * Sends a write in A's name, looks at B's rows, and takes all back.
 * @param before the prover's own preparations, which are not counted as changes
 */
export function writeAs(
  trial: Trial,
  statement: string,
  before: readonly string[] = [],
): Promise<Written> {
  const { stage, target } = trial;
  return stage.rolledBack(async () => {
    const context = stage.power.seesAll ? undefined : "b";
    for (const each of before) await stage.asProver(each, context);
    const baseline = before.length === 0 ? trial.baseline : await foreignState(stage, target);
    const attempt = await stage.asApp("a", statement);
    if (!attempt.ok) return { attempt, changed: false };
    return { attempt, changed: (await foreignState(stage, target)) !== baseline };
  });
}

/** Foreign keys and triggers rest; row security does not. For logins that may. */
export const withoutTriggers = "set local session_replication_role = replica";

/**
 * A write that must not change B's rows. Where a foreign key alone refused it, it is sent again with
 * foreign keys asleep: a row without children would not have been so lucky. Where a unique key did, it
 * is sent again with that row of B's alone.
 */
export async function mustNotReach(
  trial: Trial,
  statement: string,
  finding: () => Finding,
): Promise<Outcome> {
  let written = await writeAs(trial, statement);
  if (trial.stage.power.restsTriggers && isForeignKey(written.attempt)) {
    written = await writeAs(trial, statement, [withoutTriggers]);
  }
  if (trial.stage.power.restsTriggers && isDuplicate(written.attempt)) {
    written = await writeAs(trial, statement, [withoutTriggers, leaveOne(trial.target)]);
  }
  if (written.changed) return open(finding());
  return judgeRefusal(written.attempt, "the statement") ?? harmless(trial);
}

/** Of the rows that were seeded only the one of B's: it has none to be like. */
const leaveOne = ({ sql, rowsOf, foreignRow }: Target) =>
  `delete from ${sql} where ${rowsOf.a} or (${rowsOf.b} and not ${foreignRow})`;

const isDuplicate = (attempt: Attempt) => !attempt.ok && refusalOf(attempt) === "duplicate";

export function isForeignKey(attempt: Attempt): boolean {
  return !attempt.ok && refusalOf(attempt) === "foreign key";
}

/** Whether a statement that touches every row it may is bearable. */
export function tooLarge({ target, limits }: Trial): Outcome | undefined {
  const rows = target.relation.estimatedRows;
  if (rows <= limits.blindRows) return undefined;
  return unproven(
    `about ${Math.round(rows)} rows: a statement without WHERE was not sent; prove on a smaller copy, or raise --blind-rows`,
  );
}

/** `column = value` that changes nothing of meaning and that every row of A's would take. */
export function harmlessAssignment(target: Target): string | undefined {
  const column = settable(target);
  if (column === undefined) return undefined;
  const different = inUniqueKey(target.relation, column) ? valueOfItsOwn(column) : undefined;
  const same = sqlValue(target.own.values[column.name] ?? null);
  return `${quoted(column.name)} = ${different ?? same}`;
}

/** SQL that gives each row another value and reads no column, which would need a right to read. */
function valueOfItsOwn({ default: byDefault, baseType, identity }: Column): string | undefined {
  if (identity !== "" || /\b(gen_random_uuid|uuid\w*|nextval|random)\(/.test(byDefault ?? ""))
    return "default";
  if (baseType === "int4" || baseType === "int8") {
    return `pg_catalog.floor(pg_catalog.random() * 2000000000)::pg_catalog.${baseType}`;
  }
  return baseType === "uuid" ? "pg_catalog.gen_random_uuid()" : undefined;
}

function inUniqueKey({ indexes }: Relation, { number }: Column): boolean {
  return indexes.some(
    ({ unique, exclusion, columns }) => (unique || exclusion) && columns.includes(number),
  );
}

/**
 * A column that stands in no key, so that all rows can have one value; a canary's before others. Of
 * those in keys one that only refers, else one of which each row can have a value of its own.
 */
function settable({ relation, rights, own, tenantColumn }: Target): Column | undefined {
  const inKeys = new Set(
    [
      ...relation.indexes.filter(({ unique, exclusion }) => unique || exclusion),
      ...relation.constraints.filter(({ kind }) => kind === "foreign key"),
    ].flatMap(({ columns }) => columns),
  );
  const free = relation.columns.filter(
    ({ name, generated, identity }) =>
      rights.updatable.has(name) &&
      name !== tenantColumn &&
      generated === "" &&
      identity !== "always" &&
      !(relation.partitionKey ?? "").includes(name),
  );
  const ranked = [
    ...free.filter(({ number, name }) => !inKeys.has(number) && name === own.canary?.column),
    ...free.filter(({ number }) => !inKeys.has(number)),
    ...free.filter((column) => !inUniqueKey(relation, column)),
    ...free.filter((column) => valueOfItsOwn(column) !== undefined),
    ...free,
  ];
  return ranked[0];
}
