import { nameOf } from "../catalog/names.js";
import { commandVerdicts, dataCommands, type CommandVerdict } from "../policies/index.js";
import type { Cell, Matrix } from "../report/report.js";
import { tenantTables, type ClassifiedTable, type Subject } from "../subject/subject.js";

/** What the policies of each tenant table come to, for the application's roles together. */
export function policyMatrix(subject: Subject): Matrix {
  return {
    what: "table",
    columns: dataCommands,
    rows: tenantTables(subject).map((table) => ({
      name: nameOf(table.relation),
      kind: table.relation.isPartition ? "partition" : "tenant",
      cells: cellsOf(subject, table),
    })),
  };
}

/** A sentence for every table and command whose policies could not be understood. */
export function notUnderstood({ rows, columns }: Matrix): readonly string[] {
  return rows.flatMap(({ name, cells }) => {
    const unclear = cells.flatMap(({ verdict, note = "" }, index) =>
      verdict === "unproven" ? [`${columns[index]}: ${note}`] : [],
    );
    if (unclear.length === 0) return [];
    return [
      `${name}: the policies could not be understood (${unclear.join("; ")}). Try \`tenantry prove\`.`,
    ];
  });
}

function cellsOf(subject: Subject, table: ClassifiedTable): readonly Cell[] {
  const byRole = subject.appRoles.map((role) => commandVerdicts(subject, table, role));
  return dataCommands.map((_, index) =>
    byRole.map((verdicts) => cellOf(verdicts[index]!)).reduce(worse),
  );
}

const words = {
  isolated: "holds",
  denied: "holds",
  leaks: "open",
  unknown: "unproven",
} as const;

function cellOf({ verdict, why, as }: CommandVerdict): Cell {
  return { verdict: words[verdict], note: as === undefined ? why : `as ${as}: ${why}` };
}

const order = ["not applicable", "holds", "unproven", "open"];

function worse(a: Cell, b: Cell): Cell {
  return order.indexOf(b.verdict) > order.indexOf(a.verdict) ? b : a;
}
