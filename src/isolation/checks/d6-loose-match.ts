import { columnNames, nameOf, quoted, sqlName } from "../catalog/names.js";
import type { Subject } from "../subject/subject.js";
import type { Check, Found } from "./check.js";
import { compositeForeignKey, list } from "./support/composite-key.js";
import { arrow } from "./support/crossings.js";
import { carriesTenant, foreignKeys, type ForeignKey } from "./support/foreign-keys.js";

export const d6: Check = {
  id: "D6",
  name: "loose-match",
  severity: "high",
  title: "A composite foreign key that a NULL switches off",
  meaning:
    "With MATCH SIMPLE, which is the default, a reference with a NULL in any of its columns is not checked at all. Where the tenant may be NULL, a row without one refers to whatever it likes; and ON DELETE SET NULL without a list of columns takes the tenant from the row along with the reference.",
  *find(subject) {
    for (const key of foreignKeys(subject)) {
      if (key.constraint.columns.length < 2 || !carriesTenant(key)) continue;
      const problem = problemOf(subject, key);
      if (problem === undefined) continue;
      yield { subject: nameOf(key.child.relation), detail: key.constraint.name, ...problem };
    }
  },
};

function problemOf(subject: Subject, key: ForeignKey): Omit<Found, "subject"> | undefined {
  const { child, constraint, references } = key;
  const tenant = child.tenantColumn!;
  const table = `ALTER TABLE ${sqlName(child.relation)}`;
  const isNullable = !tenant.notNull;
  if (isNullable && references.match === "simple") {
    return {
      message: `${arrow(key)} is not checked where ${tenant.name} is NULL, and it may be.`,
      mend: `${table} ALTER COLUMN ${quoted(tenant.name)} SET NOT NULL;`,
    };
  }
  if (emptiesTenant(key)) {
    return {
      message: isNullable
        ? `${arrow(key)} empties ${tenant.name} along with the reference.`
        : `${arrow(key)} would empty ${tenant.name}, which is NOT NULL, so rows that are referred to cannot be deleted.`,
      mend: rewritten(subject, key),
      severity: isNullable ? "high" : "low",
    };
  }
  const others = child.relation.columns.filter(
    ({ number, notNull }) =>
      number !== tenant.number && !notNull && constraint.columns.includes(number),
  );
  const rest = constraint.columns.length - 1;
  if (others.length === 0 || rest < 2 || others.length === rest) return undefined;
  return {
    message: `${arrow(key)} is not checked where ${others.map(({ name }) => name).join(", ")} is NULL, though other columns of it have a value.`,
    mend: `${table} ADD CHECK (num_nulls(${list(
      columnNames(
        child.relation,
        constraint.columns.filter((number) => number !== tenant.number),
      ),
    )}) IN (0, ${rest}));`,
    severity: "low",
  };
}

function emptiesTenant({ child, references }: ForeignKey): boolean {
  const { onDelete, onUpdate, setOnDelete } = references;
  const empties = (action: string) => action === "set null" || action === "set default";
  if (empties(onUpdate)) return true;
  if (!empties(onDelete)) return false;
  return setOnDelete.length === 0 || setOnDelete.includes(child.tenantColumn!.number);
}

/** The same key again, which then empties its own columns only. */
function rewritten(subject: Subject, key: ForeignKey): string {
  const tenant = key.child.tenantColumn!.number;
  const pairs = key.constraint.columns.map((own, place) => [own, key.references.columns[place]!]);
  const bare = pairs.filter(([own]) => own !== tenant);
  return compositeForeignKey(subject, {
    ...key,
    constraint: { ...key.constraint, columns: bare.map(([own]) => own!) },
    references: { ...key.references, columns: bare.map(([, there]) => there!) },
  });
}
