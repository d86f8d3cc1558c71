import { judgeTiming } from "../../probe/timing/judge-timing.js";
import { columnNamed } from "../../catalog/names.js";
import { holds, notApplicable, open, unproven, type Outcome } from "../outcome.js";
import { equals } from "../rows.js";
import { attacks } from "../rules.js";
import type { Target } from "../target.js";
import { shown } from "../trial.js";
import { accuseObject, type ObjectRow, type Scene } from "./scene.js";

/** How often each id is looked up, and on how many tables. */
const rounds = 60;
const sample = 40;

/** Looks up an id of B's, and two that nobody has, in turns; B's must not take longer. */
export async function timing(scene: Scene): Promise<readonly ObjectRow[]> {
  if (!scene.limits.timing) return [];
  const rows: ObjectRow[] = [];
  for (const target of scene.targets.filter(({ rights }) => rights.select).slice(0, sample)) {
    rows.push({
      name: `how long ${target.name} takes`,
      kind: "timing",
      outcome: await measure(scene, target),
    });
  }
  return rows;
}

async function measure(scene: Scene, target: Target): Promise<Outcome> {
  const ids = idsOf(target);
  if (ids === undefined) return notApplicable("no key that only B has");
  const [foreign, missing, control] = ids.map(
    (where) => `select 1 from ${target.sql} where ${where}`,
  ) as [string, string, string];
  const samples = { foreign: [], missing: [], control: [] } as Record<string, number[]>;
  for (let round = 0; round < rounds; round += 1) {
    // Whoever comes first in a round may be the slower, so that each does in its turn.
    const turns = [
      ["foreign", foreign],
      ["missing", missing],
      ["control", control],
    ] as const;
    for (let turn = 0; turn < turns.length; turn += 1) {
      const [what, statement] = turns[(round + turn) % turns.length]!;
      const milliseconds = await timed(scene, statement);
      if (milliseconds === undefined) return unproven("a look-up failed");
      if (round > 1) samples[what]!.push(milliseconds);
    }
  }
  const { foreign: theirs, missing: absent, control: other } = samples;
  const { kind, words } = judgeTiming({ foreign: theirs!, missing: absent!, control: other! });
  if (kind === "same") return holds();
  if (kind !== "different") return unproven(words);
  return open(
    accuseObject(attacks.timingOracle, target.name, {
      message: `As one tenant, ${shown(foreign)} told by its time that the other tenant has the id: ${words}.`,
      mend: `-- Let the primary key of ${target.sql} begin with the tenant, and its policies ask (SELECT …) once for a constant, not a function for each row.`,
    }),
  );
}

async function timed({ stage }: Scene, statement: string): Promise<number | undefined> {
  const start = performance.now();
  const attempt = await stage.asApp("a", statement);
  return attempt.ok ? performance.now() - start : undefined;
}

/** Conditions on B's key, and on two that nobody has. */
function idsOf(target: Target): readonly [string, string, string] | undefined {
  const { foreign, relation, tenantColumn, world } = target;
  const [column, ...more] = foreign.key.filter((each) => each !== tenantColumn);
  if (column === undefined || more.length > 0) return undefined;
  const valuesOf = (label: string) =>
    (world.tables.get(relation.oid)?.rows ?? []).flatMap(({ tenant, values }) =>
      tenant === label ? (values[column] ?? []) : [],
    );
  const own = new Set(valuesOf("a"));
  const value = valuesOf("b").find((each) => !own.has(each));
  const type = columnNamed(relation, column)?.baseType ?? "";
  if (value === undefined) return undefined;
  const absent = absentLike(type, value);
  if (absent === undefined) return undefined;
  const where = (text: string) => equals(relation, column, text);
  return [where(value), where(absent[0]), where(absent[1])];
}

function absentLike(type: string, value: string): readonly [string, string] | undefined {
  if (type === "uuid") {
    return ["fedcba98-7654-4321-8fed-cba987654321", "edcba987-6543-4321-9fed-cba987654321"];
  }
  if (/^int[48]$/.test(type)) return ["2147483001", "2147483002"];
  if (/^(text|varchar)$/.test(type)) return [`${value}x`, `${value}y`];
  return undefined;
}
