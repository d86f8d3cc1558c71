import { acceptedBy } from "../manifest/accepted.js";
import { readFileSync } from "node:fs";
import { nameOf } from "../catalog/names.js";
import { sortFindings } from "../report/judge.js";
import type { Matrix, Report } from "../report/report.js";
import type { Subject } from "../subject/subject.js";
import {
  mutationMatrix,
  mutationNotes,
  mutationUnproven,
  survivorRule,
  survivorsOf,
} from "./mutate/report-mutation.js";
import type { ProveOptions } from "./options.js";
import { operations } from "./probes/probe.js";
import { allAttacks } from "./rules.js";
import type { Proof, RoleProof } from "./run-proof.js";
import { unprovenSentences } from "./unproven.js";

export function reportOf(
  subject: Subject,
  proof: Proof,
  options: ProveOptions,
  startedAt: Date,
): Report {
  const { server } = subject.catalog;
  const found = proof.roles.flatMap(({ tables, objects }) => [
    ...tables.flatMap(({ row }) => operations.flatMap((operation) => row[operation].findings)),
    ...objects.flatMap(({ outcome }) => outcome.findings),
  ]);
  const { mutation } = proof;
  const survivors = mutation === undefined ? [] : survivorsOf(mutation);
  const unique = [...new Set([...found, ...survivors])];
  const rules = rulesOf(mutation !== undefined);
  const today = options.today ?? new Date().toISOString().slice(0, 10);
  const { findings, suppressed, notes } = sortFindings(
    unique,
    acceptedBy(options.manifest),
    rules,
    today,
  );
  return {
    tool: "prove",
    version: packageVersion(),
    startedAt: startedAt.toISOString(),
    milliseconds: Date.now() - startedAt.getTime(),
    target: [
      ["database", `${server.database} on PostgreSQL ${server.version}`],
      ["application's role", proof.roles.map(({ role }) => role).join(", ")],
    ],
    assumptions: subject.assumptions,
    rules,
    findings,
    suppressed,
    matrices: [
      ...proof.roles.flatMap((each) => [
        matrixOf(each, proof.roles.length > 1),
        objectMatrixOf(each, proof.roles.length > 1),
      ]),
      ...(mutation === undefined ? [] : [mutationMatrix(mutation)]),
    ],
    unproven: [
      ...proof.roles.flatMap(unprovenSentences),
      ...(mutation === undefined ? [] : mutationUnproven(mutation)),
    ],
    notes: [
      ...notes,
      ...(mutation === undefined ? [] : mutationNotes(mutation)),
      "Everything was rolled back; sequences that were drawn from stay drawn.",
    ],
  };
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

/** As far from here in src/ as in dist/. */
function packageVersion(): string {
  const text = readFileSync(new URL("../../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
