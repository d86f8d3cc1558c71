import { TenantryError } from "../core/tenantry-error.js";
import { audit } from "../isolation/audit/audit.js";
import type { Reader } from "../isolation/catalog/reader.js";
import { prove } from "../isolation/prover/prove.js";
import type { ProveOptions } from "../isolation/prover/options.js";
import { isAtLeast, severityOf, type Severity } from "../isolation/report/finding.js";
import type { Report } from "../isolation/report/report.js";
import { textOf } from "../isolation/report/text.js";

/** The slice of a `pg.Pool` that is used: one connection, destroyed afterwards. */
export interface ProvablePool {
  connect(): Promise<Reader & { release(destroy?: boolean): void }>;
}

export interface IsolationOptions extends Omit<ProveOptions, "mutate"> {
  /**
   * A pool, or a URL, of a login that may act as the application's role: the owner's or a superuser's.
   * Not the scoped pool of `createTenantry`, which lets nobody choose a tenant.
   */
  readonly pool: ProvablePool | string;
  /** From this severity up a finding fails. Default `low`. */
  readonly failOn?: Severity;
  /**
   * What may stay unproven: sentences of the report, or beginnings of them, as `public.odd`. Whatever
   * else could not be tried fails, for it is no pass.
   */
  readonly mayStayUnproven?: readonly string[];
}

/**
 * Audits and proves a database, in a read-only and in a rolled-back transaction.
 * @returns both reports, where nothing was found
 * @throws {TenantryError} `ISOLATION_BROKEN` with the report as its message; `PROOF_IMPOSSIBLE`,
 *   `DATABASE_UNAVAILABLE`
 */
export async function proveIsolation(options: IsolationOptions): Promise<readonly Report[]> {
  const { pool, failOn = "low", mayStayUnproven = [], ...rest } = options;
  const reports = await withConnection(pool, async (connection) => [
    await audit(connection, rest),
    await prove(connection, rest),
  ]);
  // What the audit cannot tell from the catalogs is what the proof then tries.
  const unproven = reports
    .filter(({ tool }) => tool === "prove")
    .flatMap((report) => report.unproven)
    .filter((sentence) => !mayStayUnproven.some((start) => sentence.startsWith(start)));
  const broken = reports.filter(({ findings }) =>
    findings.some((finding) => isAtLeast(severityOf(finding), failOn)),
  );
  if (broken.length === 0 && unproven.length === 0) return reports;
  throw new TenantryError("ISOLATION_BROKEN", {
    message: [
      "Isolation is not proven.",
      ...broken.map((report) => textOf(report)),
      ...unproven.map((sentence) => `Not proven: ${sentence}`),
    ].join("\n\n"),
    fix: "Mend what is listed, accept it in the manifest with a reason, or name it in mayStayUnproven.",
  });
}

async function withConnection<T>(
  pool: ProvablePool | string,
  work: (connection: Reader | string) => Promise<T>,
): Promise<T> {
  if (typeof pool === "string") return work(pool);
  const connection = await pool.connect();
  try {
    return await work(connection);
  } finally {
    // Roles and settings were changed on it, if only inside transactions.
    connection.release(true);
  }
}
