import type { MigrationClient } from "../../database/migrations/client.js";
import { quoted } from "../catalog/names.js";
import type { Role } from "../catalog/roles.js";
import type { Subject } from "../subject/subject.js";
import { describeRefusal, refusalOf } from "./attempt.js";
import { causeOf } from "./cause.js";
import { accuseObject, type ObjectRow } from "./objects/scene.js";
import { combine, holds, notApplicable, open, unproven, type Outcome } from "./outcome.js";
import { fillFresh } from "./fill-fresh.js";
import { readPower } from "./power.js";
import { noRights } from "./rights.js";
import { attacks } from "./rules.js";
import type { Proof, RoleProof } from "./run-proof.js";
import type { SeededTable } from "./seed/contract.js";
import { Session, type ProverConnection } from "./session.js";
import { targetOf } from "./target.js";
import { shown } from "./trial.js";

const name = "a session that never set a tenant";

/** What is said where there is no second connection to be had. */
export function withoutFreshSession(proof: Proof): Proof {
  const outcome = notApplicable("a connection was passed in; pass a URL to have it tried");
  const row: ObjectRow = { name, kind: "session", outcome };
  const roles = proof.roles.map((role) => ({ ...role, objects: [...role.objects, row] }));
  return { ...proof, roles };
}

/**
 * Reads through a connection on which no setting was ever made, so that all are NULL: one that was set
 * before, if rolled back, leaves an empty text behind. The rows that the proof had made are made
 * again, without triggers and foreign keys.
 * @param begin statements that open the transaction, with its limits
 */
export async function tryFreshSession(
  connection: MigrationClient & ProverConnection,
  begin: readonly string[],
  subject: Subject,
  proof: Proof,
  signal?: AbortSignal,
): Promise<Proof> {
  const power = await readPower(connection, subject.appRoles);
  const session = new Session(connection, signal);
  await session.send(...begin);
  try {
    const all = [...proof.world.tables.values()];
    const tables = all.filter(({ table }) => table.class === "tenant");
    await session.send(...power.grants);
    const empty = await fillFresh(session, power, power.restsTriggers ? tables : all);
    const roles: RoleProof[] = [];
    for (const each of proof.roles) {
      const role = subject.appRoles.find((candidate) => candidate.name === each.role)!;
      await session.send(power.become(quoted(role.name)));
      const outcomes: Outcome[] = [];
      for (const table of tables.filter((seeded) => isUndecided(each, seeded))) {
        outcomes.push(await look(session, subject, proof, role, table, empty));
      }
      await session.send(power.becomeProver);
      const row: ObjectRow = { name, kind: "session", outcome: combine(outcomes) };
      roles.push({ ...each, objects: [...each.objects, row] });
    }
    return { ...proof, roles };
  } finally {
    await connection.query("rollback").catch(() => undefined);
  }
}

/** One that is open without a tenant, or was left out, is not asked again. */
function isUndecided({ tables }: RoleProof, { table }: SeededTable): boolean {
  const tried = tables.find((each) => each.table.relation.oid === table.relation.oid);
  return tried?.row["no tenant"].verdict === "holds" && tried.row["no tenant"].note === undefined;
}

async function look(
  session: Session,
  subject: Subject,
  { world }: Proof,
  role: Role,
  seeded: SeededTable,
  empty: ReadonlySet<SeededTable>,
): Promise<Outcome> {
  const target = targetOf(subject, world, seeded, noRights);
  if (typeof target === "string") return unproven(target);
  const statement = `select 1 from ${target.sql} limit 1`;
  const attempt = await session.attempt([], statement);
  if (!attempt.ok && refusalOf(attempt) === "busy") {
    return unproven(`${target.name} took too long: ${describeRefusal(attempt)}`);
  }
  if (attempt.ok && attempt.count > 0) {
    const { mend } = causeOf(target, role, "SELECT");
    const message = `On a fresh connection, on which no setting was ever made, ${shown(statement)} returned a row: the settings are NULL there, and '' where they were set once.`;
    return open(
      accuseObject(attacks.readWithoutTenant, target.name, { message, mend, detail: "NULL" }),
    );
  }
  return empty.has(seeded)
    ? unproven(`${target.name} could not be filled before a tenant was ever set`)
    : holds();
}
