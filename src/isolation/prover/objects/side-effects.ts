import { nameOf } from "../../catalog/names.js";
import { describeRefusal, refusalOf } from "../attempt.js";
import { combine, holds, open, unproven, type Outcome } from "../outcome.js";
import { harmlessAssignment } from "../probes/write.js";
import { insertSql } from "../rows.js";
import { attacks } from "../rules.js";
import { spareRow } from "../spare-row.js";
import type { Target } from "../target.js";
import { foreignStates, shown } from "../trial.js";
import { awake, reachedFrom, reacts } from "./reactions.js";
import { accuseObject, type ObjectRow, type Scene } from "./scene.js";

/**
 * A's own writes to tables with rules or triggers: no row of B's, in whatever table, may change or
 * come into being. Then with a deferred trigger that fires when B is the acting tenant.
 */
export async function sideEffects(scene: Scene): Promise<readonly ObjectRow[]> {
  const rows: ObjectRow[] = [];
  for (const target of scene.targets.filter(reacts)) {
    const name = `what writes to ${target.name} set off`;
    rows.push({ name, kind: "triggers", outcome: await tryWrites(scene, target) });
  }
  return rows;
}

async function tryWrites(scene: Scene, target: Target): Promise<Outcome> {
  const writes = await ownWrites(target);
  if (typeof writes === "string") return unproven(writes);
  if (writes.length === 0) return holds("no privilege");
  const hasDeferred = target.relation.triggers.some(
    (trigger) => awake(trigger) && trigger.deferrable,
  );
  const reached = reachedFrom(scene.subject.catalog, target, scene.targets);
  const before = await foreignStates(scene.stage, reached);
  const outcomes: Outcome[] = [];
  for (const write of writes) {
    for (const last of hasDeferred ? (["a", "b"] as const) : (["a"] as const)) {
      outcomes.push(await tryWrite(scene, { target, reached, before, ...write, last }));
    }
  }
  return combine(outcomes);
}

type OwnWrite = Pick<Write, "statement" | "isInsert">;

async function ownWrites(target: Target): Promise<readonly OwnWrite[] | string> {
  const { rights, sql, ownRow, rowsOf, world, relation } = target;
  const where = `where ${ownRow} and ${rowsOf.a}`;
  const assignment = rights.update ? harmlessAssignment(target) : undefined;
  const fresh = await world.fresh(relation.oid, "a");
  if (rights.insert && "unproven" in fresh) return fresh.unproven;
  const given = Object.entries("values" in fresh ? fresh.values : {});
  const values = Object.fromEntries(given.filter(([name]) => rights.insertable.has(name)));
  const changes = [
    ...(assignment === undefined ? [] : [`update ${sql} set ${assignment} ${where}`]),
    ...(rights.delete ? [`delete from ${sql} ${where}`] : []),
  ];
  return [
    ...(rights.insert ? [{ statement: insertSql(sql, { values }), isInsert: true }] : []),
    ...changes.map((statement) => ({ statement, isInsert: false })),
  ];
}

interface Write {
  readonly target: Target;
  readonly reached: readonly Target[];
  /** Of those that it may reach. */
  readonly before: readonly string[];
  readonly statement: string;
  /** It needs the room that a further row takes. */
  readonly isInsert: boolean;
  /** The tenant that acts when what was put off falls due. */
  readonly last: "a" | "b";
}

function tryWrite(scene: Scene, write: Write): Promise<Outcome> {
  const { stage } = scene;
  const { target, reached, statement, last } = write;
  return stage.rolledBack(async () => {
    let { before } = write;
    if (write.isInsert) {
      const room = await spareRow(stage, target.world, target.relation.oid, "a");
      if ("unproven" in room) return unproven(room.unproven);
      before = await foreignStates(stage, reached);
    }
    if (last === "b") await stage.asProver("set constraints all deferred");
    const written = await stage.asApp("a", statement);
    if (!written.ok) {
      const refusal = refusalOf(written);
      if (["privilege", "policy", "foreign key"].includes(refusal)) return holds("refused");
      return unproven(`A's own write failed: ${describeRefusal(written)}`);
    }
    const due = await stage.asApp(last, "set constraints all immediate");
    if (!due.ok) return holds("refused when what was put off fell due");
    const after = await foreignStates(stage, reached);
    const changed = reached.find((_, index) => after[index] !== before[index]);
    if (changed === undefined) return holds();
    const late = last === "b" ? ", whose deferred trigger fired when another tenant acted," : "";
    return open(
      accuseObject(attacks.sideEffect, target.name, {
        message: `As one tenant, ${shown(statement)}${late} changed or made a row of the other tenant in ${changed.name}.`,
        mend: mendOf(target),
        detail: changed.name,
        ...(last === "b" ? { severity: "medium" as const } : {}),
      }),
    );
  });
}

function mendOf({ relation, sql, subject }: Target): string {
  const rules = relation.rules.filter(awake).map(({ name }) => `DROP RULE ${name} ON ${sql};`);
  const triggers = relation.triggers.filter(awake).map((trigger) => {
    const called = subject.catalog.functions.get(trigger.function);
    return `-- ${trigger.name}${called === undefined ? "" : `: let ${nameOf(called)}() take the tenant from NEW or OLD, and name it in each WHERE`}`;
  });
  return [...rules, ...triggers].join("\n");
}
