import { refusalOf, describeRefusal } from "../attempt.js";
import { holds, notApplicable, open, unproven, type Outcome } from "../outcome.js";
import { attacks } from "../rules.js";
import { accuseObject, type ObjectRow, type Scene } from "./scene.js";

/** How many objects are opened. */
const sample = 20;
const canary = "tenantry-prover-large-object";

/** Opens large objects that are there; and one that the application makes as B and reads as A. */
export async function largeObjects(scene: Scene): Promise<readonly ObjectRow[]> {
  const { stage, subject } = scene;
  const stored = subject.catalog.largeObjects.some(({ count }) => count > 0);
  const keepsThem = scene.targets.some(({ relation }) =>
    relation.columns.some(({ type, baseType }) => baseType === "oid" || /(^|\.)lo$/.test(type)),
  );
  const name = "large objects";
  if (!stored && !keepsThem) {
    return [{ name, kind: "session", outcome: notApplicable("there are none") }];
  }
  const existing = await stage.asProver(
    `select oid::bigint::text as number from pg_catalog.pg_largeobject_metadata order by oid desc limit ${sample}`,
  );
  for (const { number } of existing) {
    const reading = `select pg_catalog.lo_get(${number!}, 0, 1)`;
    const attempt = await stage.rolledBack(() => stage.asApp("a", reading));
    if (attempt.ok) return [{ name, kind: "session", outcome: accused(scene, reading) }];
    if (refusalOf(attempt) === "privilege") continue;
    const outcome = unproven(`opening one failed: ${describeRefusal(attempt)}`);
    return [{ name, kind: "session", outcome }];
  }
  const outcome = keepsThem ? await passOn(scene) : holds("no privilege");
  return [{ name, kind: "session", outcome }];
}

function passOn(scene: Scene): Promise<Outcome> {
  const { stage } = scene;
  return stage.rolledBack(async () => {
    const making = `select pg_catalog.lo_from_bytea(0, '${canary}')::text as number`;
    const made = await stage.asApp("b", making);
    if (!made.ok) return holds("it may make none");
    const reading = `select pg_catalog.lo_get(${made.rows[0]!["number"]!})`;
    const read = await stage.asApp("a", reading);
    return read.ok ? accused(scene, reading) : holds();
  });
}

function accused({ stage }: Scene, statement: string): Outcome {
  return open(
    accuseObject(attacks.largeObject, "large objects", {
      message: `As one tenant, ${statement} opened a large object that nothing binds to a tenant, as ${stage.role.name} may open it in any tenant's name.`,
      mend: "Move what they hold into a bytea column of a tenant table, or into object storage under a key that begins with the tenant; then lo_unlink() each.",
    }),
  );
}
