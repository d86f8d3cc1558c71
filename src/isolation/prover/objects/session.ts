import { reachableRoles, settableRoles } from "../../catalog/powers.js";
import { literal, quoted } from "../../catalog/names.js";
import { sealSetting } from "../acting.js";
import { canaryAmong } from "../canary.js";
import { combine, holds, notApplicable, open, type Outcome } from "../outcome.js";
import { foreignAmong, readable } from "../probes/read.js";
import { attacks } from "../rules.js";
import type { Target } from "../target.js";
import { shown } from "../trial.js";
import { accuseObject, type ObjectRow, type Scene } from "./scene.js";

/** How many tables each of these is tried on. */
const sample = 20;

const readers = ({ targets }: Scene) =>
  targets.filter(({ rights, relation }) => rights.select && relation.rowSecurity).slice(0, sample);

/** One SELECT that says it is of B, then reads: what injected SQL would do. */
export async function contextFlip(scene: Scene): Promise<readonly ObjectRow[]> {
  const { stage, subject } = scene;
  const name = "set_config() inside a SELECT";
  const settings = subject.context.settings;
  if (settings.length === 0 && !subject.context.sealed) return [];
  const outcomes: Outcome[] = [];
  for (const target of readers(scene)) {
    const flips = flipsTo(scene, target);
    const statement = `with flip as materialized (select ${flips}) select ${readable(target)} from flip, ${target.sql} where ${target.rowsOf.b} limit 5`;
    // The planner may ask the policy before the flip: so a second way, which reads afterwards.
    const union = `select flip::text, (select max(r::text) from ${target.sql} r) from (select ${flips} as flip offset 0) f`;
    for (const each of [statement, union]) {
      const attempt = await stage.rolledBack(() => stage.asApp("a", each));
      const leaks =
        attempt.ok &&
        (foreignAmong(target, attempt.rows) !== undefined ||
          canaryAmong(attempt.rows, notIn(flips, target)) !== undefined);
      if (!leaks) {
        outcomes.push(holds());
        continue;
      }
      const message = `As one tenant, ${shown(each)} returned a row of the other tenant: whoever injects SQL chooses the tenant.`;
      const mend = `SELECT tenantry.protect(${literal(target.sql)}); -- a sealed scope, which SQL cannot forge`;
      const finding = accuseObject(attacks.contextFlip, settings.join(", "), { message, mend });
      return [{ name, kind: "session", outcome: open(finding) }];
    }
  }
  return [{ name, kind: "session", outcome: combine(outcomes) }];
}

/** What B's own code would say; but nobody who injects SQL can make B's seal. */
function flipsTo({ stage }: Scene, { world }: Target): string {
  return stage
    .told("b")
    .map(([name, value]) => [name, name === sealSetting ? world.tenants.b : value] as const)
    .map(([name, value]) => `set_config(${literal(name)}, ${literal(value)}, true)`)
    .join(" || ");
}

/** The flip itself returns what it says of B. */
function notIn(flips: string, { canaries }: Target): ReadonlySet<string> {
  return new Set([...canaries].filter((each) => !flips.includes(each)));
}

/** SET ROLE to whatever the role may become, then a read of B's rows. */
export async function roleReach(scene: Scene): Promise<readonly ObjectRow[]> {
  const { stage, subject } = scene;
  const { catalog } = subject;
  const others = settableRoles(catalog, stage.role.oid).filter((oid) => oid !== stage.role.oid);
  const rows: ObjectRow[] = [];
  for (const oid of others) {
    const role = catalog.roles.get(oid);
    if (role === undefined) continue;
    const name = `SET ROLE ${role.name}`;
    rows.push({ name, kind: "role", outcome: await becomes(scene, role.name) });
  }
  const holdsMuch = reachableRoles(catalog, stage.role.oid).length > 1;
  return rows.length > 0 || holdsMuch
    ? rows
    : [{ name: "SET ROLE", kind: "role", outcome: notApplicable("it may become no other role") }];
}

/**
 * CREATEROLE grants roles, itself included: all but superusers' before PostgreSQL 16, later those
 * that it administers.
 */
export async function selfGrant(scene: Scene): Promise<readonly ObjectRow[]> {
  const { stage, subject, targets } = scene;
  const { catalog } = subject;
  if (!stage.role.createRole || stage.role.superuser) return [];
  const settable = new Set(settableRoles(catalog, stage.role.oid));
  const owners = new Set(targets.map(({ relation }) => relation.owner));
  const worthIt = [...catalog.roles.values()].filter(
    ({ oid, superuser, bypassRowSecurity }) =>
      !superuser && !settable.has(oid) && (bypassRowSecurity || owners.has(oid)),
  );
  const rows: ObjectRow[] = [];
  for (const role of worthIt.slice(0, sample)) {
    const granting = `grant ${quoted(role.name)} to ${quoted(stage.role.name)}`;
    const outcome = await becomes(scene, role.name, granting);
    rows.push({ name: `CREATEROLE: GRANT ${role.name}`, kind: "role", outcome });
  }
  return rows;
}

async function becomes(
  { stage, targets }: Scene,
  role: string,
  granting?: string,
): Promise<Outcome> {
  for (const target of targets.slice(0, sample)) {
    const statement = `select * from ${target.sql} where ${target.rowsOf.b} limit 5`;
    const attempt = await stage.rolledBack(async () => {
      const granted = granting === undefined ? undefined : await stage.asApp("a", granting);
      if (granted?.ok === false) return granted;
      const set = await stage.asApp("a", `set local role ${quoted(role)}`);
      return set.ok ? stage.asApp("kept", statement) : set;
    });
    if (!attempt.ok || foreignAmong(target, attempt.rows) === undefined) continue;
    const first = granting === undefined ? "" : " grant it to itself,";
    const message = `${stage.role.name} may${first} SET ROLE ${role}, and then ${shown(statement)} returned a row of the other tenant.`;
    const mend =
      granting === undefined
        ? `REVOKE ${quoted(role)} FROM ${quoted(stage.role.name)};`
        : `ALTER ROLE ${quoted(stage.role.name)} NOCREATEROLE;`;
    return open(
      accuseObject(attacks.roleReach, `role ${stage.role.name}`, { message, mend, detail: role }),
    );
  }
  return holds();
}

/** A plan that was made as B and is used as A. */
export async function planCache(scene: Scene): Promise<readonly ObjectRow[]> {
  const { stage } = scene;
  const outcomes: Outcome[] = [];
  for (const target of readers(scene)) {
    const attempt = await stage.rolledBack(async () => {
      await stage.asProver("set local plan_cache_mode = force_generic_plan");
      const prepared = await stage.asApp(
        "b",
        `prepare tenantry_prover as select ${readable(target)} from ${target.sql} limit 500`,
      );
      if (!prepared.ok) return prepared;
      await stage.asApp("b", "execute tenantry_prover");
      const executed = await stage.asApp("a", "execute tenantry_prover");
      // A prepared statement outlives a rollback.
      stage.session.later("deallocate tenantry_prover");
      return executed;
    });
    if (!attempt.ok || foreignAmong(target, attempt.rows) === undefined) {
      outcomes.push(holds());
      continue;
    }
    const message = `A statement on ${target.name} that was prepared as one tenant returned its rows when executed as another: a function of its policies is IMMUTABLE.`;
    const mend = `ALTER FUNCTION … STABLE; -- each function that the policies of ${target.sql} call and that reads the context`;
    outcomes.push(open(accuseObject(attacks.planCache, target.name, { message, mend })));
  }
  return [{ name: "a prepared statement", kind: "session", outcome: combine(outcomes) }];
}

/** What the role's or the database's own settings make of a fresh session. */
export async function defaultTenant(scene: Scene): Promise<readonly ObjectRow[]> {
  const { stage, subject } = scene;
  const known = new Set(subject.context.settings);
  const defaults = subject.catalog.roleSettings.filter(
    ({ name, role, value }) =>
      known.has(name) && value !== "" && (role === 0 || role === stage.role.oid),
  );
  return defaults.map(({ name, value }) => ({
    name: `default of ${name}`,
    kind: "session",
    outcome: open(
      accuseObject(attacks.defaultTenant, name, {
        message: `A fresh session of ${stage.role.name} has ${name} = ${value} without being told.`,
        mend: `ALTER ROLE ${quoted(stage.role.name)} RESET ${name}; ALTER DATABASE ${quoted(subject.catalog.server.database)} RESET ${name};`,
      }),
    ),
  }));
}
