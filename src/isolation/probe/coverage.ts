import type { Report } from "../report/report.js";
import { rules } from "./rules.js";
import type { Run } from "./run.js";

/** The columns that say something of isolation by themselves. */
const telling = new Set(["by id", "lists", "filters", "references", "unique", "batches", "claims"]);

/** A route of which nothing could be proven is a finding. */
export function judgeCoverage(run: Run, stopped: string | null): void {
  const { matrices } = run.ledger;
  if (stopped !== null) {
    run.ledger.find(null, rules.uncovered, "the probe", {
      message: `The probe ended early: ${stopped}.`,
      mend: "Raise the bound, or try fewer routes at a time with --only.",
    });
  }
  for (const name of new Set(matrices.flatMap(({ rows }) => rows.map((row) => row.name)))) {
    const all = matrices.flatMap(({ columns, rows }) =>
      rows
        .filter((row) => row.name === name)
        .flatMap(({ cells }) => cells.map((cell, index) => ({ ...cell, column: columns[index]! }))),
    );
    const applying = all.filter(({ verdict }) => verdict !== "not applicable");
    const saying = applying.filter(({ column }) => telling.has(column));
    const tried = saying.length > 0 ? saying : applying;
    if (tried.length === 0 || tried.some(({ verdict }) => verdict !== "unproven")) continue;
    const why =
      run.uncovered.get(name) ??
      tried.find(({ note }) => note !== "not tried")?.note ??
      "it was not tried";
    run.ledger.find(null, rules.uncovered, name, {
      message: `Nothing is proven of this route: ${why}.`,
      mend: 'Give what is missing in the identities\' files, under "parameters" or "bodies"; or leave the route out with --skip and say so.',
    });
  }
}

/** One sentence for each reason, with where it applies. */
export function unprovenIn({ matrices }: Pick<Report, "matrices">): readonly string[] {
  const byReason = new Map<string, Set<string>>();
  for (const { columns, rows } of matrices) {
    for (const { name, cells } of rows) {
      for (const [index, { verdict, note }] of cells.entries()) {
        if (verdict !== "unproven") continue;
        const key = `${name}: ${note ?? "no reason"}`;
        byReason.set(key, (byReason.get(key) ?? new Set()).add(columns[index]!));
      }
    }
  }
  return [...byReason].map(([reason, where]) => `${reason} (${[...where].join(", ")}).`);
}
