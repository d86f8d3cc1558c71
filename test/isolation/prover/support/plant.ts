import { prove } from "../../../../src/isolation/prover/prove.js";
import type { Report } from "../../../../src/isolation/report/report.js";
import type { TestDatabase } from "../../../support/databases.js";

/** Proves a database, as the tests' application role. */
export function proveIt(database: TestDatabase, only?: string): Promise<Report> {
  return prove(database.adminUrl, {
    appRoles: ["tenantry_test_app"],
    root: "tenantry.tenant",
    ...(only === undefined ? {} : { only }),
  });
}

/** `table operation` of everything that is open, and the names of what is beside the tables. */
export function openIn(report: Report): readonly string[] {
  return report.matrices.flatMap(({ columns, rows }) =>
    rows.flatMap(({ name, cells }) =>
      cells.flatMap(({ verdict }, index) =>
        verdict === "open" ? [columns.length === 1 ? name : `${name} ${columns[index]!}`] : [],
      ),
    ),
  );
}
