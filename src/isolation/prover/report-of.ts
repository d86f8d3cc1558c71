import { nameOf } from "../catalog/names.js";
import type { Matrix, Report } from "../report/report.js";
import type { startReport } from "../report/start-report.js";
import type { Subject } from "../subject/subject.js";
import {
  mutationMatrix,
  mutationNotes,
  mutationUnproven,
  survivorRule,
  survivorsOf,
} from "./mutate/report-mutation.js";
import { operations } from "./probes/probe.js";
import { allAttacks } from "./rules.js";
import type { Proof, RoleProof } from "./run-proof.js";
import { unprovenSentences } from "./unproven.js";

export function reportOf(
  subject: Subject,
  { roles, mutation }: Proof,
  finish: ReturnType<typeof startReport>,
): Report {
  const { server } = subject.catalog;
  const found = roles.flatMap(({ tables, objects }) => [
    ...tables.flatMap(({ row }) => operations.flatMap((operation) => row[operation].findings)),
    ...objects.flatMap(({ outcome }) => outcome.findings),
  ]);
  const several = roles.length > 1;
  return finish({
    target: [
      ["database", `${server.database} on PostgreSQL ${server.version}`],
      ["application's role", roles.map(({ role }) => role).join(", ")],
    ],
    assumptions: subject.assumptions,
    rules: rulesOf(mutation !== undefined),
    findings: [...new Set([...found, ...(mutation === undefined ? [] : survivorsOf(mutation))])],
    matrices: [
      ...roles.flatMap((each) => [matrixOf(each, several), objectMatrixOf(each, several)]),
      ...(mutation === undefined ? [] : [mutationMatrix(mutation)]),
    ],
    unproven: [
      ...roles.flatMap(unprovenSentences),
      ...(mutation === undefined ? [] : mutationUnproven(mutation)),
    ],
    notes: [
      ...(mutation === undefined ? [] : mutationNotes(mutation)),
      "Everything was rolled back; sequences that were drawn from stay drawn.",
    ],
  });
}

function rulesOf(mutates: boolean): Report["rules"] {
  const rules = allAttacks.map(({ gaps: _gaps, ...rule }) => rule);
  return mutates ? [...rules, survivorRule] : rules;
}

function matrixOf({ role, tables }: RoleProof, several: boolean): Matrix {
  return {
    what: several ? `table, as ${role}` : "table",
    columns: operations,
    rows: tables.map(({ table, row }) => ({
      name: nameOf(table.relation),
      kind: table.class,
      cells: operations.map((operation) => {
        const { verdict, note } = row[operation];
        return { verdict, ...(note === undefined ? {} : { note }) };
      }),
    })),
  };
}

function objectMatrixOf({ role, objects }: RoleProof, several: boolean): Matrix {
  return {
    what: several ? `object, as ${role}` : "object",
    columns: ["verdict"],
    rows: objects.map(({ name, kind, outcome: { verdict, note } }) => ({
      name,
      kind,
      cells: [{ verdict, ...(note === undefined ? {} : { note }) }],
    })),
  };
}
