import { withClient } from "../../database/migrations/client.js";
import { nameOf } from "../catalog/names.js";
import type { Reader } from "../catalog/reader.js";
import { checks } from "../checks/index.js";
import { ruleOf, runChecks } from "../checks/check.js";
import { acceptedBy } from "../manifest/accepted.js";
import type { Manifest } from "../manifest/manifest.js";
import type { Report } from "../report/report.js";
import { startReport } from "../report/start-report.js";
import { readSubject } from "../subject/read-subject.js";
import type { Subject, SubjectOptions } from "../subject/subject.js";
import { orImpossible } from "./impossible.js";
import { notUnderstood, policyMatrix } from "./matrix.js";

export interface AuditOptions extends SubjectOptions {
  readonly manifest?: Manifest;
}

/**
 * Reads the catalogs, in one read-only transaction, and reports every gap that they show.
 * @param database a URL, or one connection that is not inside a transaction
 * @throws {TenantryError} `PROOF_IMPOSSIBLE`, `DATABASE_UNAVAILABLE`, `CONFIG_INVALID`
 */
export async function audit(
  database: string | Reader,
  options: AuditOptions = {},
): Promise<Report> {
  const finish = startReport("audit", acceptedBy(options.manifest));
  const subject = await withClient(database, (client) =>
    orImpossible("The catalogs could not be read", () =>
      readSubject(client, options, options.manifest),
    ),
  );
  const matrix = policyMatrix(subject);
  return finish({
    target: targetOf(subject),
    assumptions: subject.assumptions,
    rules: checks.map(ruleOf),
    findings: runChecks(checks, subject),
    matrices: [matrix],
    unproven: notUnderstood(matrix),
    notes: [],
  });
}

/** What a report says that it looked at. */
export function targetOf({ catalog, appRoles, root, tables }: Subject): Report["target"] {
  const counts = new Map<string, number>();
  for (const table of tables.values()) counts.set(table.class, (counts.get(table.class) ?? 0) + 1);
  const classes = [...counts].map(([name, number]) => `${number} ${name}`).join(", ");
  return [
    ["database", `${catalog.server.database} on PostgreSQL ${catalog.server.version}`],
    ["application role", appRoles.map(({ name }) => name).join(", ")],
    ...(root === undefined ? [] : [["tenants", nameOf(root)] as const]),
    ["tables", `${tables.size}${classes === "" ? "" : `: ${classes}`}`],
  ];
}
