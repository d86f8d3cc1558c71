import { TenantryError } from "../../core/tenantry-error.js";
import type { Oid } from "../catalog/catalog.js";
import { nameOf, sqlName } from "../catalog/names.js";
import type { Role } from "../catalog/roles.js";
import { tenantTables, type ClassifiedTable, type Subject } from "../subject/subject.js";
import { fits, type ProveOptions } from "./options.js";
import type { Mutation } from "./mutate/mutation.js";
import { proveProver } from "./mutate/prove-prover.js";
import { objectProbes } from "./objects/index.js";
import type { ObjectRow, Scene } from "./objects/scene.js";
import { tableProbes } from "./probes/index.js";
import { readRights, type AllRights } from "./rights.js";
import { settle, type Settled, type Undertaking } from "./settle.js";
import { trySharedTable } from "./shared-tables.js";
import { withinSight } from "./sight.js";
import { Stage } from "./stage.js";
import type { Target } from "./target.js";
import { targetsOf } from "./targets.js";
import type { Limits } from "./trial.js";
import { tryTable, unseededRow, type Row } from "./try-table.js";
import type { World } from "./world.js";

/** What came of every table, for one role of the application's. */
export interface RoleProof {
  readonly role: string;
  readonly tables: readonly { readonly table: ClassifiedTable; readonly row: Row }[];
  readonly objects: readonly ObjectRow[];
}

export interface Proof {
  readonly roles: readonly RoleProof[];
  readonly world: World;
  readonly mutation: Mutation | undefined;
}

export async function runProof(undertaking: Undertaking): Promise<Proof> {
  const { session, subject, options, power } = undertaking;
  const tables = [...subject.tables.values()].filter(({ relation }) =>
    fits(options.only, nameOf(relation)),
  );
  if (tables.length === 0) {
    throw new TenantryError("PROOF_IMPOSSIBLE", {
      message: `No table of the database ${subject.catalog.server.database} fits.`,
      fix: "Look at --only, and at which database the URL names.",
    });
  }
  const rightsOf = await readAllRights(undertaking);
  const { world, actingFor } = await settle(undertaking);
  const acting = actingFor(subject.context);
  const roles: RoleProof[] = [];
  for (const role of subject.appRoles) {
    const stage = new Stage(session, power, role, acting);
    undertaking.options.onStep?.(`trying ${tables.length} tables as ${role.name}`);
    const rights = rightsOf.get(role)!;
    const limits = limitsOf(options);
    const targets = await withinSight(stage, targetsOf(subject, world, tables, rights));
    roles.push({
      role: role.name,
      tables: await tryTables(stage, undertaking, { world, tables, rights, targets, limits }),
      objects: await tryObjects({
        stage,
        subject,
        rights,
        limits,
        tried: new Set(tables.map(({ relation }) => relation.oid)),
        targets: [...targets.values()].filter((target) => typeof target !== "string"),
      }),
    });
  }
  const mutation = await mutate(undertaking, { world, actingFor }, tables, roles[0]!);
  return { roles, world, mutation };
}

/** Before anything is made, as a role that was named by mistake is found out here. */
async function readAllRights(undertaking: Undertaking): Promise<ReadonlyMap<Role, AllRights>> {
  const { session, power, subject } = undertaking;
  const all = new Map<Role, AllRights>();
  for (const role of subject.appRoles) {
    const stage = new Stage(session, power, role, () => []);
    const rights = await readRights(stage, role, subject.catalog.server.number);
    assertHasRights(subject, role.name, rights);
    all.set(role, rights);
  }
  return all;
}

/** As the first of the application's roles. */
async function mutate(
  { connection, session, power, subject, options }: Undertaking,
  { world, actingFor }: Settled,
  tables: readonly ClassifiedTable[],
  proof: RoleProof,
): Promise<Mutation | undefined> {
  if (options.mutate === undefined) return undefined;
  options.onStep?.("breaking one guard at a time");
  const stage = new Stage(session, power, subject.appRoles[0]!, actingFor(subject.context));
  return proveProver({
    base: { connection, stage, subject, world, actingFor },
    tables,
    proof,
    limits: limitsOf(options),
    options: options.mutate,
  });
}

interface Plan {
  readonly world: World;
  readonly tables: readonly ClassifiedTable[];
  readonly rights: AllRights;
  readonly targets: ReadonlyMap<Oid, Target | string>;
  readonly limits: Limits;
}

async function tryTables(
  stage: Stage,
  { options, subject }: Undertaking,
  plan: Plan,
): Promise<RoleProof["tables"]> {
  const done: { table: ClassifiedTable; row: Row }[] = [];
  for (const table of plan.tables) {
    done.push({ table, row: await tryOne(stage, subject, plan, table) });
    if (done.length % 20 === 0) {
      options.onStep?.(`tried ${done.length} of ${plan.tables.length} tables`);
    }
  }
  return done;
}

async function tryOne(
  stage: Stage,
  subject: Subject,
  plan: Plan,
  table: ClassifiedTable,
): Promise<Row> {
  const { relation } = table;
  const own = plan.rights(relation.oid);
  if (table.class !== "tenant") return trySharedTable(stage, table, own, plan.world);
  const target = plan.targets.get(relation.oid) ?? "the seeder does not know the table";
  if (typeof target === "string") {
    const place = {
      subject,
      relation,
      name: nameOf(relation),
      sql: sqlName(relation),
      rights: own,
    };
    return unseededRow(stage, place, target);
  }
  return tryTable(stage, target, plan.limits, tableProbes);
}

async function tryObjects(
  scene: Omit<Scene, "canaries" | "ownCanaries">,
): Promise<readonly ObjectRow[]> {
  const { targets } = scene;
  const full: Scene = {
    ...scene,
    canaries: new Set(targets.flatMap(({ canaries }) => [...canaries])),
    ownCanaries: new Set(targets.flatMap(({ own }) => own.canary?.text ?? [])),
  };
  const rows: ObjectRow[] = [];
  for (const probe of objectProbes) rows.push(...(await probe(full)));
  return rows;
}

function limitsOf({ blindRows, callFunctions, timing }: ProveOptions): Limits {
  return {
    blindRows: blindRows ?? 1_000_000,
    callFunctions: callFunctions ?? false,
    timing: timing ?? false,
  };
}

/** Of a role that may do nothing at all everything would hold. */
function assertHasRights(subject: Subject, role: string, rights: AllRights): void {
  const own = tenantTables(subject).map(({ relation }) => rights(relation.oid));
  if (own.some((each) => each.select || each.insert || each.update || each.delete)) return;
  throw new TenantryError("PROOF_IMPOSSIBLE", {
    message: `${role} has no privilege on any tenant table, so nothing can be tried through it.`,
    fix: "Name the role that the application really logs in with (--app-role), and what holds the tenant (--tenant-column, --root).",
  });
}
