import type { TimingSamples } from "../../probe/timing/judge-timing.js";
import { columnNamed } from "../../catalog/names.js";
import { describeRefusal, type Row } from "../attempt.js";
import { holds, notApplicable, open, unproven, type Outcome } from "../outcome.js";
import { insertSql, matches, type Values } from "../rows.js";
import { attacks } from "../rules.js";
import { spareRow } from "../spare-row.js";
import type { Target } from "../target.js";
import { shown } from "../trial.js";
import { accuseObject, type ObjectRow, type Scene } from "./scene.js";
import { judgeLookUps } from "./timing-verdict.js";

/** How often each id is looked up before the times are judged, and how often that is done at most. */
const rounds = 60;
const mostBouts = 5;
/** On how many tables. */
const sample = 40;

/** Looks up an id of B's, and two that nobody has, in turns; B's must take neither longer nor shorter. */
export async function timing(scene: Scene): Promise<readonly ObjectRow[]> {
  if (!scene.limits.timing) return [];
  const readers = scene.targets.filter(({ rights }) => rights.select);
  const rows: ObjectRow[] = [];
  for (const [index, target] of readers.entries()) {
    const outcome =
      index < sample
        ? await scene.stage.rolledBack(() => measure(scene, target))
        : unproven(`only ${sample} tables are timed at once: name it with --only`);
    rows.push({ name: `how long ${target.name} takes`, kind: "timing", outcome });
  }
  return rows;
}

async function measure(scene: Scene, target: Target): Promise<Outcome> {
  const ids = await idsOf(scene, target);
  if ("verdict" in ids) return ids;
  const lookUp = (id: Values) =>
    `select 1 from ${target.sql} where ${matches(target.relation, id)}`;
  const statements = {
    foreign: lookUp(ids.foreign),
    missing: lookUp(ids.missing),
    control: lookUp(ids.control),
  };
  const samples = { foreign: [], missing: [], control: [] };
  for (let bout = 1; ; bout += 1) {
    const refused = await timeAll(scene, statements, samples);
    if (refused !== undefined) return unproven(refused);
    const { kind, words } = judgeLookUps(samples);
    if (kind === "equal") return holds(words);
    if (kind === "different") return open(finding(target, statements.foreign, words));
    if (bout === mostBouts) return unproven(words);
  }
}

type What = keyof TimingSamples;

/** @returns why it could not be done */
async function timeAll(
  { stage }: Scene,
  statements: Readonly<Record<What, string>>,
  samples: Record<What, number[]>,
): Promise<string | undefined> {
  const order: readonly What[] = ["foreign", "missing", "control"];
  for (let round = 0; round < rounds; round += 1) {
    // Whoever comes first in a round may be the slower, so that each does in its turn.
    for (let turn = 0; turn < order.length; turn += 1) {
      const what = order[(round + turn) % order.length]!;
      const start = performance.now();
      const attempt = await stage.asApp("a", statements[what]);
      const milliseconds = performance.now() - start;
      if (!attempt.ok) return `a look-up failed: ${describeRefusal(attempt)}`;
      // What is cold takes longer.
      if (round > 1) samples[what].push(milliseconds);
    }
  }
  return undefined;
}

function finding(target: Target, statement: string, words: string) {
  return accuseObject(attacks.timingOracle, target.name, {
    message: `As one tenant, ${shown(statement)} told by its time that the other tenant has the id: ${words}.`,
    mend: `-- Let the primary key of ${target.sql} begin with the tenant, and its policies ask (SELECT …) once for a constant, not a function for each row.`,
  });
}

/** The key, without the tenant, of a new row that only B has; and two that nobody has. */
async function idsOf(
  { stage }: Scene,
  target: Target,
): Promise<Readonly<Record<What, Values>> | Outcome> {
  const { foreign, relation, tenantColumn, world, sql } = target;
  const columns = foreign.key.filter((each) => each !== tenantColumn);
  if (columns.length === 0) return notApplicable("no key but the tenant");
  const fresh = await spareRow(stage, world, relation.oid, "b");
  if ("unproven" in fresh) return unproven(fresh.unproven);
  const made = await stage.tryAsProver(`${insertSql(sql, fresh)} returning *`, "b");
  if (!made.ok) return unproven(`a row of B's could not be made: ${describeRefusal(made)}`);
  const id = Object.fromEntries(columns.map((column) => [column, made.rows[0]![column] ?? null]));
  return (
    absentBeside(target, columns, id) ?? notApplicable("no key of which others can be made up")
  );
}

function absentBeside(
  { relation }: Target,
  columns: readonly string[],
  id: Row,
): Readonly<Record<What, Values>> | undefined {
  for (const column of columns) {
    const value = id[column];
    if (typeof value !== "string") continue;
    const [one, other] = absentLike(columnNamed(relation, column)?.baseType ?? "", value);
    if (one === undefined || other === undefined) continue;
    return { foreign: id, missing: { ...id, [column]: one }, control: { ...id, [column]: other } };
  }
  return undefined;
}

function absentLike(type: string, value: string): readonly string[] {
  if (type === "uuid") {
    return ["fedcba98-7654-4321-8fed-cba987654321", "edcba987-6543-4321-9fed-cba987654321"];
  }
  if (/^int[48]$/.test(type)) return ["2147483001", "2147483002"];
  return /^(text|varchar)$/.test(type) ? [`${value}x`, `${value}y`] : [];
}
