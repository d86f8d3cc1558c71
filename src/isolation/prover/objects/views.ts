import { nameOf, quoted, sqlName } from "../../catalog/names.js";
import { isInvoker } from "../../catalog/options.js";
import type { Relation } from "../../catalog/relation.js";
import { describeRefusal, refusalOf, type Row } from "../attempt.js";
import { canaryAmong } from "../canary.js";
import { combine, holds, open, unproven, type Outcome } from "../outcome.js";
import { literal } from "../../catalog/names.js";
import { withoutTriggers } from "../probes/write.js";
import { attacks } from "../rules.js";
import type { TenantLabel } from "../seed/contract.js";
import type { Stage } from "../stage.js";
import { foreignState, shown } from "../trial.js";
import { accuseObject, type ObjectRow, type Scene } from "./scene.js";

/** How many rows of a view are looked through. */
const most = 2000;

/** Reads every view that the role may read, and writes through those that can be written through. */
export async function views(scene: Scene): Promise<readonly ObjectRow[]> {
  const all = [...scene.subject.catalog.relations.values()].filter(
    (view) => view.kind.endsWith("view") && view.extension === null && isAskedFor(scene, view),
  );
  const rows: ObjectRow[] = [];
  for (const view of all) {
    const outcome = combine([await reads(scene, view), await writes(scene, view)]);
    rows.push({ name: nameOf(view), kind: view.kind, outcome });
  }
  return rows;
}

async function reads(scene: Scene, view: Relation): Promise<Outcome> {
  const { stage, canaries, ownCanaries } = scene;
  const { readable, select } = scene.rights(view.oid);
  if (!select) return holds("no privilege");
  const tenantTables = baseNames(scene, view);
  if (view.kind === "materialized view" && tenantTables.length > 0) {
    return open(
      readFinding(
        scene,
        view,
        `holds the rows of ${tenantTables.join(", ")} of all tenants, and no policy can be put on it`,
      ),
    );
  }
  const statement = `select ${[...readable].map(quoted).join(", ")} from ${sqlName(view)} limit ${most}`;
  const attempt = await stage.rolledBack(() => stage.asApp("a", statement));
  if (!attempt.ok) {
    const refusal = refusalOf(attempt);
    if (refusal === "privilege" || refusal === "policy") return holds("refused");
    return unproven(`reading it failed: ${describeRefusal(attempt)}`);
  }
  if (canaryAmong(attempt.rows, canaries) !== undefined || showsOther(scene, view, attempt.rows)) {
    return open(
      readFinding(
        scene,
        view,
        `showed one tenant what only a row of the other holds: ${shown(statement)}`,
      ),
    );
  }
  if (tenantTables.length === 0) return holds("it reads no tenant's table");
  if (canaryAmong(attempt.rows, ownCanaries) !== undefined) return holds();
  if (isInvoker(view)) return holds("it reads with the caller's rights");
  return (
    (await changesWithB(scene, view, statement)) ??
    unproven(
      `none of the rows that were made fits its conditions, and it reads ${tenantTables.join(", ")} with its owner's rights`,
    )
  );
}

/** A view that counts shows no canary; what it shows must not depend on B's rows. */
async function changesWithB(
  scene: Scene,
  view: Relation,
  statement: string,
): Promise<Outcome | undefined> {
  const { stage } = scene;
  const names = new Set(baseNames(scene, view));
  const bases = scene.targets.filter(({ name }) => names.has(name));
  const show = async () => {
    const attempt = await stage.asApp("a", statement);
    return attempt.ok ? JSON.stringify(attempt.rows) : attempt.code;
  };
  return stage.rolledBack(async () => {
    const before = await show();
    if (!(await removeRows(stage, bases, "b"))) return undefined;
    const without = await show();
    if (before !== without) {
      return open(
        readFinding(
          scene,
          view,
          "shows one tenant something else when the other tenant's rows are gone: it counts them",
        ),
      );
    }
    if (!(await removeRows(stage, bases, "a"))) return undefined;
    return (await show()) === without ? undefined : holds();
  });
}

/** @returns whether they all went */
async function removeRows(
  stage: Stage,
  bases: Scene["targets"],
  tenant: TenantLabel,
): Promise<boolean> {
  const { restsTriggers, seesAll } = stage.power;
  if (restsTriggers) await stage.asProver(withoutTriggers);
  for (const { sql, rowsOf } of bases) {
    const removing = `delete from ${sql} where ${rowsOf[tenant]}`;
    const removed = await stage.tryAsProver(removing, seesAll ? undefined : tenant);
    if (!removed.ok || removed.count === 0) return false;
  }
  return true;
}

function showsOther(scene: Scene, view: Relation, rows: readonly Row[]): boolean {
  const { targets, subject } = scene;
  const columns = new Set(
    basesOf(scene, view).flatMap(({ oid }) => {
      const column = subject.tables.get(oid)?.tenantColumn;
      return column === undefined || oid === subject.root?.oid ? [] : [column.name];
    }),
  );
  const a = targets[0]?.world.tenants.a;
  return rows.some((row) =>
    [...columns].some((column) => typeof row[column] === "string" && row[column] !== a),
  );
}

async function writes(scene: Scene, view: Relation): Promise<Outcome> {
  const { targets } = scene;
  const rights = scene.rights(view.oid);
  if (view.kind !== "view" || isInvoker(view)) return holds();
  if (!rights.update && !rights.delete) return holds("no privilege");
  const names = new Set(baseNames(scene, view));
  const bases = targets.filter(({ name }) => names.has(name));
  const outcomes: Outcome[] = [];
  if (bases.length < names.size) {
    outcomes.push(unproven("a table beneath it has no rows of two tenants to be seen"));
  }
  for (const target of bases) {
    const column = view.columns.find(
      ({ name }) => rights.updatable.has(name) && name === target.own.canary?.column,
    );
    const statements = [
      ...(column === undefined || !rights.update
        ? []
        : [
            `update ${sqlName(view)} set ${quoted(column.name)} = ${literal(target.own.values[column.name] ?? "")}`,
          ]),
      ...(rights.delete ? [`delete from ${sqlName(view)}`] : []),
    ];
    for (const statement of statements) {
      outcomes.push(await writeThrough(scene, view, target, statement));
    }
  }
  return combine(outcomes);
}

async function writeThrough(
  scene: Scene,
  view: Relation,
  target: Scene["targets"][number],
  statement: string,
): Promise<Outcome> {
  const { stage } = scene;
  return stage.rolledBack(async () => {
    const before = await foreignState(stage, target);
    // Keys and children would only keep this very row.
    if (stage.power.restsTriggers) await stage.asProver(withoutTriggers);
    const attempt = await stage.asApp("a", statement);
    if (!attempt.ok) return holds("refused");
    if ((await foreignState(stage, target)) === before) return holds();
    return open(
      accuseObject(attacks.viewWrite, nameOf(view), {
        message: `As one tenant, ${shown(statement)} reached a row of the other tenant in ${target.name}.`,
        mend: mendOf(scene, view),
      }),
    );
  });
}

/** One that reads no tenant's table is shown as well. */
function isAskedFor(scene: Scene, view: Relation): boolean {
  const bases = basesOf(scene, view);
  return bases.length === 0 || bases.some(({ oid }) => scene.tried.has(oid));
}

const baseNames = (scene: Scene, view: Relation) => basesOf(scene, view).map(nameOf);

/** The tenant tables beneath a view, through views. */
function basesOf({ subject }: Scene, view: Relation): readonly Relation[] {
  const seen = new Set([view.oid]);
  for (const oid of seen) {
    const relation = subject.catalog.relations.get(oid);
    if (relation === undefined || !relation.kind.endsWith("view")) continue;
    for (const rule of relation.rules) for (const each of rule.relations) seen.add(each);
  }
  return [...seen].flatMap((oid) => {
    const table = subject.tables.get(oid);
    return table?.class === "tenant" ? [table.relation] : [];
  });
}

function readFinding(scene: Scene, view: Relation, what: string) {
  const message = `${nameOf(view)} ${what}.`;
  return accuseObject(attacks.viewRead, nameOf(view), { message, mend: mendOf(scene, view) });
}

function mendOf(scene: Scene, view: Relation): string {
  if (isInvoker(view)) {
    return `-- it reads with the caller's rights: mend the policies of ${baseNames(scene, view).join(", ")}, or set security_invoker on the views beneath it`;
  }
  return view.kind === "view"
    ? `ALTER VIEW ${sqlName(view)} SET (security_invoker = true);`
    : `REVOKE ALL ON ${sqlName(view)} FROM PUBLIC; -- and from the application's role`;
}
