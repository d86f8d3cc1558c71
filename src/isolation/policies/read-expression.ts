import type { ClassifiedTable, Subject } from "../subject/subject.js";
import type { Role } from "../catalog/roles.js";
import { parseExpression } from "../sql/parse.js";
import { condition } from "./conditions.js";
import { elements } from "./elements.js";
import { casesOf } from "./formula.js";
import { judge } from "./judge-case.js";
import type { Case, Meaning } from "./meaning.js";
import { newRange, type Analysis, type Readers, type Scope } from "./range.js";
import { values } from "./values.js";

/** Who asks. */
export interface Asker {
  /** As current_user. */
  readonly role: Role;
  /** As session_user. */
  readonly login: Role;
}

const known = new WeakMap<Subject, Map<string, Meaning>>();

/** What an expression on a table's rows lets through, for one role. What was read once is kept with the subject. */
export function readExpression(
  text: string,
  table: ClassifiedTable,
  asker: Asker,
  subject: Subject,
  visible: Readers["visible"],
  reading: readonly number[],
): Meaning {
  const meanings = known.get(subject) ?? new Map<string, Meaning>();
  known.set(subject, meanings);
  const ids = [table.relation.oid, asker.role.oid, asker.login.oid, ...reading];
  const key = `${ids.join(" ")} ${text}`;
  const before = meanings.get(key);
  if (before !== undefined) return before;
  const meaning = readNow(text, table, asker, subject, visible, reading);
  meanings.set(key, meaning);
  return meaning;
}

function readNow(
  text: string,
  table: ClassifiedTable,
  asker: Asker,
  subject: Subject,
  visible: Readers["visible"],
  reading: readonly number[],
): Meaning {
  const node = subject.catalog.expressions?.get(text) ?? parseExpression(text);
  if (node === undefined) return unreadable(text);
  const analysis = newAnalysis(asker, subject, visible, [...reading, table.relation.oid]);
  const row = newRange(analysis, table.relation, table.relation.name, { isRow: true });
  const scope = { ...outermost(analysis), ranges: [row] };
  const cases = casesOf(condition(node, scope, false));
  if (cases === undefined) return unreadable(text);
  const found = cases.flatMap((atoms) => judge(atoms, table, row, analysis) ?? []);
  return { cases: distinct(found) };
}

export function newAnalysis(
  asker: Asker,
  subject: Subject,
  visible: Readers["visible"],
  reading: readonly number[],
): Analysis {
  const readers = { values, elements, condition, visible };
  return { readers, subject, ...asker, nextRange: 0, reading };
}

/** Where nothing is around an expression: no table, no function. */
export function outermost(analysis: Analysis): Scope {
  return {
    analysis,
    ranges: [],
    parameters: new Map(),
    executor: analysis.role,
    depth: 0,
    resolving: [],
    named: new Map(),
  };
}

function unreadable(text: string): Meaning {
  return { cases: [{ kind: "unknown", text: text.slice(0, 160), contexts: [] }] };
}

function distinct(cases: readonly Case[]): readonly Case[] {
  const seen = new Map(cases.map((each) => [`${each.kind} ${each.text}`, each]));
  return [...seen.values()];
}
