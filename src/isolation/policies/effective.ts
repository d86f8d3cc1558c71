import type { Policy } from "../catalog/relation.js";
import type { ClassifiedTable, Subject } from "../subject/subject.js";
import { checkOf, mayWriteColumn, policiesFor, whyUnfiltered } from "./applies.js";
import type { ContextValue } from "./atom.js";
import { describe } from "./describe.js";
import { judgeCase, type Case, type Use, type VerdictWord } from "./meaning.js";
import { always, atomic, never } from "./formula.js";
import type { Readers } from "./range.js";
import { readExpression, type Asker } from "./read-expression.js";
import type { DataCommand } from "./verdicts.js";

/** What all policies that are asked for a command come to together. */
export interface Effect {
  readonly verdict: VerdictWord;
  readonly why: string;
  /** Where it leaks: every case that lets more through than the tenant's rows, with its policy. */
  readonly leaks: readonly LeakingCase[];
  /** What binds the tenant, where something does. */
  readonly contexts: readonly ContextValue[];
}

export interface LeakingCase {
  readonly policy: string;
  readonly case: Case;
  readonly use: Use;
}

/** Permissive ones OR together, restrictive ones are added by AND; new rows are asked WITH CHECK. */
export function effective(
  subject: Subject,
  table: ClassifiedTable,
  asker: Asker,
  command: DataCommand,
  reading: readonly number[] = [],
): Effect {
  const policies = policiesFor(subject.catalog, asker.role, table.relation, command);
  const ask = (use: Use) =>
    combine(policies, use, (policy, text) => {
      const { cases } = readExpression(text, table, asker, subject, visible, reading);
      return ofCases(cases, use, policy.name);
    });
  if (command === "SELECT") return ask("read");
  if (command === "DELETE") return ask("change");
  const written = () => {
    const effect = ask("write");
    return cannotForge(subject, table, asker, command) ? mend(effect) : effect;
  };
  if (command === "INSERT") return written();
  return bothMust(ask("change"), written());
}

/** The expression's own meaning, for checks that look at one policy. */
export function meaningOf(text: string, table: ClassifiedTable, asker: Asker, subject: Subject) {
  return readExpression(text, table, asker, subject, visible, []);
}

/** A table in a sub-select is filtered by its own policies, for whoever executes it. */
const visible: Readers["visible"] = ({ relation, ...range }, { analysis, executor }) => {
  const { subject, reading } = analysis;
  const table = relation === undefined ? undefined : subject.tables.get(relation.oid);
  if (relation === undefined || table === undefined || reading.includes(relation.oid))
    return always;
  if (whyUnfiltered(subject.catalog, executor, relation) !== undefined) return always;
  const asker = { role: executor, login: analysis.login };
  const { verdict, contexts } = effective(subject, table, asker, "SELECT", reading);
  if (verdict === "denied") return never;
  const [context] = contexts;
  if (verdict !== "isolated" || context === undefined || table.tenantColumn === undefined)
    return always;
  const { name } = table.tenantColumn;
  const left = { kind: "column", range: { relation, ...range }, name, text: name } as const;
  const text = `the policies of ${relation.name}`;
  return atomic({ kind: "equal", left, right: context, nullSafe: false, text });
};

type Ask = (policy: Policy, text: string) => Effect;

function combine(policies: readonly Policy[], use: Use, ask: Ask): Effect {
  const effects = (permissive: boolean) =>
    policies.flatMap((policy) => {
      const text = use === "write" ? checkOf(policy) : policy.using;
      return policy.permissive !== permissive || text === null ? [] : [ask(policy, text)];
    });
  const [first, ...more] = effects(true);
  if (first === undefined) {
    return { verdict: "denied", why: "no policy lets it in", leaks: [], contexts: [] };
  }
  return [more.reduce(either, first), ...effects(false)].reduce(both);
}

function ofCases(cases: readonly Case[], use: Use, policy: string): Effect {
  const closed: Effect = {
    verdict: "denied",
    why: `policy ${policy} is never true`,
    leaks: [],
    contexts: [],
  };
  return cases
    .map((each): Effect => {
      const verdict = judgeCase(each, use);
      const leaks = verdict === "leaks" ? [{ policy, case: each, use }] : [];
      return { verdict, why: describe(each, policy), leaks, contexts: each.contexts };
    })
    .reduce(either, closed);
}

const orOrder: readonly VerdictWord[] = ["denied", "isolated", "unknown", "leaks"];
const andOrder: readonly VerdictWord[] = ["leaks", "unknown", "isolated", "denied"];

function either(a: Effect, b: Effect): Effect {
  return pick(a, b, orOrder);
}

/** AND: one that binds is enough, and one that is never true closes. */
function both(a: Effect, b: Effect): Effect {
  return pick(a, b, andOrder);
}

function pick(a: Effect, b: Effect, order: readonly VerdictWord[]): Effect {
  const chosen = order.indexOf(b.verdict) > order.indexOf(a.verdict) ? b : a;
  return chosen.verdict === "leaks" ? { ...chosen, leaks: [...a.leaks, ...b.leaks] } : chosen;
}

const updateOrder: readonly VerdictWord[] = ["isolated", "unknown", "leaks", "denied"];

/** Of an UPDATE, which rows it reaches and what it makes of them: it is as weak as the weaker. */
function bothMust(a: Effect, b: Effect): Effect {
  return pick(a, b, updateOrder);
}

/** A role that may not write the tenant column writes no other tenant into it. */
function cannotForge(
  { catalog }: Subject,
  { relation, tenantColumn }: ClassifiedTable,
  { role }: Asker,
  command: "INSERT" | "UPDATE",
): boolean {
  if (tenantColumn === undefined || command === "INSERT") return false;
  return !mayWriteColumn(catalog, role, relation, tenantColumn.name, command);
}

function mend(effect: Effect): Effect {
  if (effect.verdict !== "leaks") return effect;
  return {
    verdict: "isolated",
    why: "it may not write the tenant's column",
    leaks: [],
    contexts: [],
  };
}
