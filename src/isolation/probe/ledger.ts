import type { Finding, Rule } from "../report/finding.js";
import type { Cell, Matrix, Verdict } from "../report/report.js";
import { describeIdentity, type Identity } from "./identity/identity.js";

export const columns = [
  "by id",
  "existence",
  "timing",
  "lists",
  "filters",
  "references",
  "unique",
  "batches",
  "id forms",
  "claims",
  "hosts",
  "credentials",
  "caching",
  "errors",
] as const;
export type Column = (typeof columns)[number];

export interface Pair {
  readonly attacker: Identity;
  readonly victim: Identity;
}

/** From the strongest down: what is said first gives way to what weighs more. */
const weight: Readonly<Record<Verdict, number>> = {
  open: 3,
  unproven: 2,
  holds: 1,
  "not applicable": 0,
};

const untried: Cell = { verdict: "unproven", note: "not tried" };

/** What was seen where; each pair has a matrix of its own. */
export class Ledger {
  private readonly tables = new Map<
    string,
    { readonly pair: Pair; readonly rows: Map<string, Map<Column, Cell>> }
  >();
  private readonly found = new Map<string, { finding: Finding; readonly seen: Set<string> }>();
  private readonly kinds = new Map<string, string>();

  /** What is not noted down later stays `unproven`. */
  expect(pair: Pair, row: string, kind: string, applying: readonly Column[]): void {
    const cells = this.rowOf(pair, row);
    this.kinds.set(row, kind);
    for (const column of applying) if (!cells.has(column)) cells.set(column, untried);
  }

  note(pair: Pair, row: string, column: Column, verdict: Verdict, why?: string): void {
    const cells = this.rowOf(pair, row);
    const before = cells.get(column);
    if (before !== undefined && before !== untried && weight[before.verdict] >= weight[verdict])
      return;
    cells.set(column, { verdict, ...(why === undefined ? {} : { note: why }) });
  }

  verdictOf(pair: Pair, row: string, column: Column): Verdict | undefined {
    return this.rowOf(pair, row).get(column)?.verdict;
  }

  /** Two pairs that see the same thing make one finding. */
  find(
    pair: Pair | null,
    rule: Rule,
    subject: string,
    text: Omit<Finding, "rule" | "subject">,
  ): void {
    const key = [rule.id, subject, text.detail ?? ""].join("\n");
    const known = this.found.get(key) ?? {
      finding: { rule, subject, ...text },
      seen: new Set<string>(),
    };
    if (pair !== null)
      known.seen.add(`${describeIdentity(pair.attacker)} at ${pair.victim.tenant}`);
    this.found.set(key, known);
  }

  get findings(): readonly Finding[] {
    return [...this.found.values()].map(({ finding, seen }) =>
      seen.size === 0
        ? finding
        : {
            ...finding,
            message: `${finding.message} Seen as ${[...seen].slice(0, 4).join("; ")}.`,
          },
    );
  }

  get matrices(): readonly Matrix[] {
    return [...this.tables.values()].map(({ pair, rows }) => ({
      what: `route, as ${describeIdentity(pair.attacker)} at ${pair.victim.tenant}`,
      columns,
      rows: [...rows].map(([name, cells]) => ({
        name,
        ...(this.kinds.has(name) ? { kind: this.kinds.get(name)! } : {}),
        cells: columns.map((column) => cells.get(column) ?? { verdict: "not applicable" as const }),
      })),
    }));
  }

  private rowOf(pair: Pair, row: string): Map<Column, Cell> {
    const key = `${pair.attacker.name}\n${pair.victim.tenant}`;
    const table = this.tables.get(key) ?? { pair, rows: new Map<string, Map<Column, Cell>>() };
    this.tables.set(key, table);
    const cells = table.rows.get(row) ?? new Map<Column, Cell>();
    table.rows.set(row, cells);
    return cells;
  }
}
