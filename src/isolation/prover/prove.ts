import { TenantryError } from "../../core/tenantry-error.js";
import { withClient, type MigrationClient } from "../../database/migrations/client.js";
import { orImpossible } from "../audit/impossible.js";
import { acceptedBy } from "../manifest/accepted.js";
import type { Report } from "../report/report.js";
import { startReport } from "../report/start-report.js";
import { readSubject } from "../subject/read-subject.js";
import type { Subject } from "../subject/subject.js";
import { tryFreshSession, withoutFreshSession } from "./fresh-session.js";
import { cancelling } from "./cancelling.js";
import { withHelperSettings } from "./helper-settings.js";
import type { ProveOptions } from "./options.js";
import { readPower } from "./power.js";
import { reportOf } from "./report-of.js";
import { runProof, type Proof } from "./run-proof.js";
import { Session, type ProverConnection } from "./session.js";

type Connection = MigrationClient & ProverConnection;

/** The slice of a `pg.Client`, or of one checked out of a pool, that is used. */
export type ProvableConnection = MigrationClient;

/**
 * Tries to get from one tenant to another in every way that it knows, through the application's role,
 * in one transaction that is always rolled back; sequences that were drawn from stay drawn.
 * @param target a URL, or one connection outside of a transaction; of a superuser, or of a role that
 *   may write all tenant tables and become the application's role
 * @throws {TenantryError} `PROOF_IMPOSSIBLE`, `DATABASE_UNAVAILABLE`, `CONFIG_INVALID`
 */
export async function prove(
  target: string | ProvableConnection,
  options: ProveOptions = {},
): Promise<Report> {
  const finish = startReport("prove", acceptedBy(options.manifest));
  return withClient(target, async (client) => {
    const connection = client as Connection;
    options.onStep?.("reading the catalogs");
    const read = await readSubject(connection, options, options.manifest);
    const saysSettings = options.settings !== undefined || options.manifest?.setting !== undefined;
    const subject = saysSettings ? read : withHelperSettings(read);
    const proof = await cancelling(target, connection, options.signal, () =>
      inTransaction(connection, subject, options),
    );
    const whole = await withFresh(target, subject, proof, options);
    return reportOf(subject, whole, finish);
  });
}

/** What is only seen on a connection that nobody has used. */
async function withFresh(
  target: string | ProvableConnection,
  subject: Subject,
  proof: Proof,
  options: ProveOptions,
): Promise<Proof> {
  if (typeof target !== "string") return withoutFreshSession(proof);
  options.onStep?.("reading through a fresh connection");
  return withClient(target, (client) =>
    tryFreshSession(client as Connection, opening(options), subject, proof, options.signal),
  );
}

async function inTransaction(
  connection: Connection,
  subject: Subject,
  options: ProveOptions,
): Promise<Proof> {
  const power = await readPower(connection, subject.appRoles);
  const session = new Session(connection, options.signal);
  await session.send(...opening(options));
  try {
    return await orImpossible("The proof could not go on", async () => {
      await session.send(...power.grants);
      return runProof({ connection, session, power, subject, options });
    });
  } finally {
    // Where the connection is gone the server has rolled back by itself.
    await connection.query("rollback").catch(() => undefined);
  }
}

/** Opens a transaction that blocks nobody for long. */
function opening({
  statementTimeout = 10_000,
  lockTimeout = 1_000,
}: ProveOptions): readonly string[] {
  if (![statementTimeout, lockTimeout].every((each) => Number.isInteger(each) && each > 0)) {
    throw new TenantryError("CONFIG_INVALID", {
      message: "A timeout of the prover is not a whole number of milliseconds above 0.",
      fix: "Pass statementTimeout and lockTimeout in milliseconds.",
    });
  }
  return [
    "begin",
    `set local statement_timeout = ${statementTimeout}`,
    `set local lock_timeout = ${lockTimeout}`,
    "set local idle_in_transaction_session_timeout = 60000",
    "set local row_security = on",
    // To compile queries of the catalogs takes far longer than to run them.
    "set local jit = off",
  ];
}
