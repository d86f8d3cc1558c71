import { keyOf } from "../../report/finding.js";
import { saying, type Context } from "../acting.js";
import type { ClassifiedTable } from "../../subject/subject.js";
import { operations } from "../probes/probe.js";
import { readRights } from "../rights.js";
import { attacks } from "../rules.js";
import type { RoleProof } from "../run-proof.js";
import { targetsOf } from "../targets.js";
import type { Limits } from "../trial.js";
import { quoted } from "../../catalog/names.js";
import type { Base } from "./broken.js";
import type { Mutant } from "./mutant.js";
import type { MutateOptions, Mutation } from "./mutation.js";
import { runMutants } from "./run-mutants.js";

interface Found {
  readonly base: Base;
  readonly tables: readonly ClassifiedTable[];
  readonly proof: RoleProof;
  readonly limits: Limits;
  readonly options: MutateOptions;
}

/**
 * Breaks the guards of the database one at a time, and sees whether the prover notices. What it does
 * needs ACCESS EXCLUSIVE locks until the transaction is rolled back: for a copy of the database.
 */
export async function proveProver({
  base,
  tables,
  proof,
  limits,
  options,
}: Found): Promise<Mutation> {
  const { stage, subject, world } = base;
  if (!stage.power.superuser) {
    const impossible = `--mutate: the login ${stage.power.login} is no superuser, so no guard could be broken`;
    return { tried: [], impossible };
  }
  const rights = await readRights(stage, stage.role, subject.catalog.server.number);
  const targets = [...targetsOf(subject, world, tables, rights).values()].filter(
    (target) => typeof target !== "string",
  );
  const findings = findingsOf(proof);
  // Whoever chooses the tenant in one table does so in all: that finding names no table.
  const everywhere = attacks.contextFlip.id;
  const isOpen = (name: string, { expect }: Mutant) =>
    findings
      .filter(({ rule, subject: where }) => where === name || rule.id === everywhere)
      .some(({ rule }) => expect.some(({ id }) => id === rule.id));
  const told = base.actingFor(subject.context);
  const acting = (who: Context) => saying(told(who));
  const ground = { subject, role: stage.role, app: quoted(stage.role.name), acting };
  const tried = await runMutants({
    base,
    places: { ground, targets, rights, isOpen },
    limits,
    options,
    known: new Set(findings.map(keyOf)),
  });
  return { tried, impossible: undefined };
}

function findingsOf({ tables, objects }: RoleProof) {
  return [
    ...tables.flatMap(({ row }) => operations.flatMap((operation) => row[operation].findings)),
    ...objects.flatMap(({ outcome }) => outcome.findings),
  ];
}
