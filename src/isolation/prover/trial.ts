import type { Finding } from "../report/finding.js";
import { describeRefusal, refusalOf, type Attempt } from "./attempt.js";
import { holds, unproven, type Outcome } from "./outcome.js";
import type { Attack } from "./rules.js";
import type { Stage } from "./stage.js";
import type { Target } from "./target.js";

/** How far the prover goes. */
export interface Limits {
  /** Statements without a WHERE clause are not sent to tables with more rows than this, by the planner's guess. */
  readonly blindRows: number;
  /** Whether SECURITY DEFINER functions are called whose effects may outlive a rollback. */
  readonly callFunctions: boolean;
  /** Whether look-ups are timed. */
  readonly timing: boolean;
}

/** One table under proof. */
export interface Trial {
  readonly stage: Stage;
  readonly target: Target;
  readonly limits: Limits;
  readonly control: Control;
  /** What B's rows look like before anything is tried; compared after each write. */
  readonly baseline: string;
}

/** What shows that the application's role works at all, and as A. Without it nothing is believed. */
export interface Control {
  /** Why nothing that fails can be counted as refused; undefined where the context is seen to work. */
  readonly dead: string | undefined;
  /** What came of inserting a row of A's own as A. */
  readonly insert: Attempt | { readonly unproven: string };
}

/** A statement was harmless: that counts where the application's role was seen to work as A. */
export function harmless({ control }: Pick<Trial, "control">, note?: string): Outcome {
  return control.dead === undefined ? holds(note) : unproven(control.dead);
}

/**
 * What a refused statement says. A missing privilege holds by itself; a policy's refusal holds; any
 * other error proves nothing.
 */
export function judgeRefusal(attempt: Attempt, what: string): Outcome | undefined {
  if (attempt.ok) return undefined;
  const refusal = refusalOf(attempt);
  if (refusal === "privilege") return holds("no privilege");
  if (refusal === "policy") return holds();
  if (refusal === "busy") {
    return unproven(`${what} waited too long: ${describeRefusal(attempt)}`);
  }
  return unproven(`${what} failed for another reason: ${describeRefusal(attempt)}`);
}

/** B's rows as the server holds them now: which, where and what. Any difference is a change. */
export async function foreignState(stage: Stage, target: Target): Promise<string> {
  const [row] = await stage.asProver(stateQuery(target), stage.power.seesAll ? undefined : "b");
  return row!["state"] ?? "";
}

/** The same of several tables, at once. */
export async function foreignStates(
  stage: Stage,
  targets: readonly Target[],
): Promise<readonly string[]> {
  if (targets.length === 0) return [];
  const rows = await stage.asProver(
    `${targets.map((target, index) => `select ${index} as place, (${stateQuery(target)}) as state`).join(" union all ")} order by place`,
    stage.power.seesAll ? undefined : "b",
  );
  return rows.map(({ state }) => state ?? "");
}

/** How many, and a digest. */
export function stateQuery({ sql, rowsOf }: Pick<Target, "sql" | "rowsOf">): string {
  return `select pg_catalog.count(*)::text || ':' || pg_catalog.md5(coalesce(pg_catalog.string_agg(
      pg_catalog.concat_ws(',', r.tableoid, r.ctid, r.*::text), ';' order by r.tableoid, r.ctid), '')) as state
    from ${sql} r where ${rowsOf.b}`;
}

interface Accused {
  readonly target: Pick<Target, "subject" | "name">;
  readonly stage: Stage;
}

export function accuse(
  attack: Attack,
  { target, stage }: Accused,
  found: Pick<Finding, "message" | "mend" | "detail" | "severity">,
): Finding {
  const { id, name, severity, title, meaning } = attack;
  const several = target.subject.appRoles.length > 1;
  const message = several ? `As ${stage.role.name}: ${found.message}` : found.message;
  return { rule: { id, name, severity, title, meaning }, subject: target.name, ...found, message };
}

/** A statement for a finding's message, on one line and not endless. */
export function shown(statement: string): string {
  const line = statement.replace(/\s+/g, " ").trim();
  return line.length > 300 ? `${line.slice(0, 300)} …` : line;
}
