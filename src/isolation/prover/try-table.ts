import { describeRefusal } from "./attempt.js";
import { controlOf } from "./control.js";
import { combine, holds, unproven, type Outcome } from "./outcome.js";
import { privilegesOn } from "./probes/privilege.js";
import { operations, type Operation, type TableProbe } from "./probes/probe.js";
import type { Stage } from "./stage.js";
import type { Target } from "./target.js";
import { foreignState, type Limits, type Trial } from "./trial.js";

export type Row = Readonly<Record<Operation, Outcome>>;

/** Sends every probe at one table. */
export async function tryTable(
  stage: Stage,
  target: Target,
  limits: Limits,
  probes: readonly TableProbe[],
): Promise<Row> {
  const trial: Trial = {
    stage,
    target,
    limits,
    control: await controlOf(stage, target),
    baseline: await foreignState(stage, target),
  };
  const outcomes: (readonly [Operation, Outcome])[] = [];
  for (const probe of probes) outcomes.push([probe.operation, await runProbe(probe, trial)]);
  return rowOf((operation) =>
    combine(outcomes.filter(([each]) => each === operation).map(([, outcome]) => outcome)),
  );
}

/** A probe that stumbles proves nothing; the others go on. */
async function runProbe(probe: TableProbe, trial: Trial): Promise<Outcome> {
  const { stage } = trial;
  try {
    return await stage.rolledBack(() => probe.run(trial));
  } catch (error) {
    const { code, severity, message } = error as Partial<Record<string, string>>;
    if (code === undefined || severity !== "ERROR") throw error;
    const refused = { ok: false as const, code, message: message ?? "", detail: "" };
    return unproven(`the probe ${probe.name} failed: ${describeRefusal(refused)}`);
  }
}

/** What can be said of a table that holds no rows of two tenants. */
export function unseededRow(
  stage: Stage,
  target: Parameters<typeof privilegesOn>[0]["target"],
  why: string,
): Row {
  const { rights } = target;
  const hasNone = !rights.select && !rights.insert && !rights.update && !rights.delete;
  return rowOf((operation) => {
    if (operation === "privilege") return privilegesOn({ stage, target });
    if (hasNone) return holds("no privilege");
    return unproven(why);
  });
}

export function rowOf(of: (operation: Operation) => Outcome): Row {
  return Object.fromEntries(operations.map((each) => [each, of(each)])) as Record<
    Operation,
    Outcome
  >;
}
