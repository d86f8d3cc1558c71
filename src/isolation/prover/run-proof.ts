import type { MigrationClient } from "../../database/migrations/client.js";
import { TenantryError } from "../../core/tenantry-error.js";
import type { Oid } from "../catalog/catalog.js";
import { nameOf } from "../catalog/names.js";
import {
  tenantTables,
  type ClassifiedTable,
  type Subject,
  type TenantContext,
} from "../subject/subject.js";
import { actingThrough, type Acting } from "./acting.js";
import { claimsOf } from "./claims.js";
import { fits, type ProveOptions } from "./options.js";
import type { Mutation } from "./mutate/mutation.js";
import { proveProver } from "./mutate/prove-prover.js";
import { objectProbes } from "./objects/index.js";
import type { ObjectRow, Scene } from "./objects/scene.js";
import type { Power } from "./power.js";
import { tableProbes } from "./probes/index.js";
import { readRights, type AllRights } from "./rights.js";
import { temporarySeals } from "./seals.js";
import { seedTenants, type SeedSession, type TenantLabel } from "./seed/index.js";
import type { Session } from "./session.js";
import { trySharedTable } from "./shared-tables.js";
import { Stage } from "./stage.js";
import type { Target } from "./target.js";
import { targetsOf } from "./targets.js";
import type { Limits } from "./trial.js";
import { tryTable, unseededRow, type Row } from "./try-table.js";
import { prepareWorld, type World } from "./world.js";

export interface Undertaking {
  readonly connection: MigrationClient;
  readonly session: Session;
  readonly power: Power;
  readonly subject: Subject;
  readonly options: ProveOptions;
}

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
  const { world, actingFor } = await settle(undertaking);
  const acting = actingFor(subject.context);
  const roles: RoleProof[] = [];
  for (const role of subject.appRoles) {
    const stage = new Stage(session, power, role, acting);
    undertaking.options.onStep?.(`trying ${tables.length} tables as ${role.name}`);
    const rights = await readRights(stage, role, subject.catalog.server.number);
    assertHasRights(subject, role.name, rights);
    const limits = limitsOf(options);
    const targets = targetsOf(subject, world, tables, rights);
    roles.push({
      role: role.name,
      tables: await tryTables(stage, undertaking, { world, tables, rights, targets, limits }),
      objects: await tryObjects({
        stage,
        subject,
        rights,
        limits,
        targets: [...targets.values()].filter((target) => typeof target !== "string"),
      }),
    });
  }
  const mutation = await mutate(undertaking, { world, actingFor }, tables, roles[0]!);
  return { roles, world, mutation };
}

interface Settled {
  readonly world: World;
  readonly actingFor: (context: TenantContext) => Acting;
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

/** Makes the tenants and their rows, and says how one acts as them. */
async function settle({ connection, session, subject, options }: Undertaking): Promise<Settled> {
  const seals = subject.context.sealed ? temporarySeals() : undefined;
  if (seals !== undefined) await session.send(seals.install);
  const actingAs = (ids: Readonly<Record<TenantLabel, string>>) =>
    actingThrough(subject.context, claimsOf(subject, ids), seals?.seal);
  const seedSession: SeedSession = {
    async query(text, values) {
      await session.flush();
      const result = await session.guarded(() => connection.query(text, values));
      return result as { rows: Record<string, unknown>[] };
    },
  };
  let shown = 0;
  const seeded = await seedTenants(seedSession, withRegistry(subject), {
    async actAs(tenant, id) {
      const ids = { a: id, b: id };
      await session.send(...actingAs(ids)(tenant));
    },
    progress(done, all) {
      if (done < all && Date.now() - shown < 1000) return;
      shown = Date.now();
      options.onStep?.(`making two tenants: ${done} of ${all} tables`);
    },
  });
  // Checks that were put off must not fall due in a probe.
  await session.send("set constraints all immediate");
  const wanted = new Set(tenantTables(subject).map(({ relation }) => relation.oid));
  const world = await prepareWorld(subject, seeded, wanted);
  const claims = claimsOf(subject, world.tenants, world);
  return { world, actingFor: (context) => actingThrough(context, claims, seals?.seal) };
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
  { options }: Undertaking,
  plan: Plan,
): Promise<RoleProof["tables"]> {
  const done: { table: ClassifiedTable; row: Row }[] = [];
  for (const table of plan.tables) {
    done.push({ table, row: await tryOne(stage, plan, table) });
    if (done.length % 20 === 0) {
      options.onStep?.(`tried ${done.length} of ${plan.tables.length} tables`);
    }
  }
  return done;
}

async function tryOne(stage: Stage, plan: Plan, table: ClassifiedTable): Promise<Row> {
  const own = plan.rights(table.relation.oid);
  if (table.class !== "tenant") return trySharedTable(stage, table, own);
  const target = plan.targets.get(table.relation.oid) ?? "the seeder does not know the table";
  if (typeof target === "string") return unseededRow(own, target);
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

/** Where the scope is sealed and nobody named a root, the tenants are those of Tenantry's registry. */
function withRegistry(subject: Subject): Subject {
  if (subject.root !== undefined || !subject.context.sealed) return subject;
  const root = [...subject.catalog.relations.values()].find(
    ({ schema, name }) => schema === "tenantry" && name === "tenant",
  );
  return { ...subject, root };
}
