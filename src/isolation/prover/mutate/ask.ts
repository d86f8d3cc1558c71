import type { ClassifiedTable } from "../../subject/subject.js";
import { functions } from "../objects/functions.js";
import type { ObjectProbe } from "../objects/scene.js";
import { contextFlip, defaultTenant, planCache, roleReach } from "../objects/session.js";
import { views } from "../objects/views.js";
import type { Outcome } from "../outcome.js";
import { tableProbes } from "../probes/index.js";
import { operations } from "../probes/probe.js";
import { attacks, type Attack } from "../rules.js";
import { trySharedTable } from "../shared-tables.js";
import { targetOf, type Target } from "../target.js";
import type { Limits } from "../trial.js";
import { tryTable, type Row } from "../try-table.js";
import type { Broken } from "./broken.js";

/** Which of the attacks beside the tables is tried by what. */
const objectProbes: readonly (readonly [ObjectProbe, readonly Attack[]])[] = [
  [views, [attacks.viewRead, attacks.viewWrite]],
  [functions, [attacks.functionRead, attacks.functionWrite, attacks.functionContext]],
  [contextFlip, [attacks.contextFlip]],
  [planCache, [attacks.planCache]],
  [defaultTenant, [attacks.defaultTenant]],
  [roleReach, [attacks.roleReach]],
];

/** Sends only what can find one of the attacks, at one table and what is beside it. */
export async function ask(
  broken: Broken,
  table: ClassifiedTable,
  expected: readonly Attack[],
  limits: Limits,
): Promise<readonly Outcome[]> {
  const { subject, world, rights, stage } = broken;
  const now = subject.tables.get(table.relation.oid) ?? table;
  const own = rights(now.relation.oid);
  if (now.class !== "tenant") return outcomesOf(await trySharedTable(stage, now, own, world));
  const seeded = world.tables.get(now.relation.oid);
  const target = seeded === undefined ? "no rows" : targetOf(subject, world, seeded, own);
  if (typeof target === "string") return [];
  const finds = (found: readonly Attack[]) => found.some((attack) => expected.includes(attack));
  const probes = tableProbes.filter((probe) => finds(probe.attacks));
  const outcomes: Outcome[] = [];
  if (probes.length > 0) {
    outcomes.push(...outcomesOf(await tryTable(stage, target, limits, probes)));
  }
  for (const [probe, found] of objectProbes) {
    if (!finds(found)) continue;
    const rows = await probe(sceneOf(broken, target, limits));
    outcomes.push(...rows.map(({ outcome }) => outcome));
  }
  return outcomes;
}

function sceneOf({ stage, subject, rights }: Broken, target: Target, limits: Limits) {
  const { canaries, own } = target;
  const ownCanaries = new Set(own.canary === undefined ? [] : [own.canary.text]);
  const tried = new Set([target.relation.oid]);
  return { stage, subject, rights, tried, targets: [target], canaries, ownCanaries, limits };
}

function outcomesOf(row: Row): readonly Outcome[] {
  return operations.map((operation) => row[operation]);
}
