import type { Finding, Rule } from "../../report/finding.js";
import type { Cell, Matrix } from "../../report/report.js";
import type { Mutation, Tried } from "./mutation.js";

export const survivorRule: Rule = {
  id: "survivor",
  name: "survivor",
  severity: "high",
  title: "The prover did not notice a guard that was broken on purpose",
  meaning:
    "A verdict of `holds` means little here: with this guard gone the proof would have said the same. Either something else still guards the place, or the prover cannot see this gap.",
};

export function survivorsOf({ tried }: Mutation): readonly Finding[] {
  return tried
    .filter(({ fate }) => fate === "survived")
    .map(({ mutant, place, note }) => ({
      rule: survivorRule,
      subject: place ?? mutant.name,
      detail: mutant.name,
      message: `With ${mutant.name} (${mutant.gaps}) on ${place ?? "the database"}, the proof did not say: ${note ?? ""}.`,
      mend: "Look whether another guard stands there, as a trigger; if none does, report it as a bug of the prover.",
    }));
}

const cells: Readonly<Record<Tried["fate"], Cell["verdict"]>> = {
  killed: "holds",
  survived: "open",
  "not applicable": "not applicable",
  failed: "unproven",
  "left out": "unproven",
};

export function mutationMatrix({ tried }: Mutation): Matrix {
  return {
    what: "guard broken on purpose",
    columns: ["noticed"],
    rows: tried.map(({ mutant, fate, place, note }) => ({
      name: mutant.name,
      ...(place === undefined ? {} : { kind: place }),
      cells: [{ verdict: cells[fate], ...(note === undefined ? {} : { note }) }],
    })),
  };
}

export function mutationUnproven({ tried, impossible }: Mutation): readonly string[] {
  if (impossible !== undefined) return [`${impossible}.`];
  return tried
    .filter(({ fate }) => fate === "failed" || fate === "left out")
    .map(
      ({ mutant, place, note }) =>
        `--mutate ${mutant.name}${place === undefined ? "" : ` on ${place}`}: ${note ?? ""}.`,
    );
}

/** The count, and what found no place here. */
export function mutationNotes({ tried, impossible }: Mutation): readonly string[] {
  if (impossible !== undefined) return [];
  const of = (fate: Tried["fate"]) => tried.filter((each) => each.fate === fate);
  const killed = of("killed").length;
  const idle = of("not applicable").map(({ mutant }) => mutant.name);
  return [
    `Guards broken on purpose: killed ${killed} of ${killed + of("survived").length}.`,
    ...(idle.length === 0 ? [] : [`Mutants that fit nothing here: ${idle.join(", ")}.`]),
  ];
}
