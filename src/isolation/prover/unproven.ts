import { nameOf } from "../catalog/names.js";
import { operations } from "./probes/probe.js";
import type { RoleProof } from "./run-proof.js";

/** A sentence for each reason and table, with all that it kept from being tried. */
export function unprovenSentences({ tables, objects }: RoleProof): readonly string[] {
  const ofObjects = objects
    .filter(({ outcome }) => outcome.verdict === "unproven")
    .map(({ name, outcome }) => `${name}: ${outcome.note ?? "not tried"}.`);
  return tables
    .flatMap(({ table, row }) => {
      const byNote = new Map<string, string[]>();
      for (const operation of operations) {
        const { verdict, note = "" } = row[operation];
        if (verdict !== "unproven") continue;
        byNote.set(note, [...(byNote.get(note) ?? []), operation]);
      }
      return [...byNote].map(
        ([note, what]) => `${nameOf(table.relation)} (${what.join(", ")}): ${note}.`,
      );
    })
    .concat(ofObjects);
}
