import pg from "pg";
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

/** Runs `work` on a database in which the gap is planted, and takes the gap out again. */
export async function withPlanted<T>(
  database: TestDatabase,
  plant: string,
  pull: string,
  work: () => Promise<T>,
): Promise<T> {
  const admin = new pg.Client(database.adminUrl);
  await admin.connect();
  try {
    await admin.query(plant);
    try {
      return await work();
    } finally {
      await admin.query(pull);
    }
  } finally {
    await admin.end();
  }
}
