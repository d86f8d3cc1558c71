import { rowsOf, type MigrationClient } from "../../../database/migrations/client.js";
import { columnNames, nameOf, quoted, sqlName } from "../../catalog/names.js";
import type { Relation } from "../../catalog/relation.js";
import type { Finding, Rule } from "../../report/finding.js";
import type { Cell, MatrixRow, Report } from "../../report/report.js";
import { startReport } from "../../report/start-report.js";
import { adoptedOf, type AdoptedTable, type Adoption } from "../adoption.js";
import { keyColumnOf } from "../infer/tables.js";
import { matchOf } from "../plan/stages/checks.js";
import { referencePlans, type ReferencePlan } from "../plan/reference-plan.js";
import { rootOfRow } from "./root-of-row.js";
import { crossing, disagreeing, ownerless, shadowRules } from "./rules.js";

interface Count {
  readonly count: number;
  readonly samples: readonly string[] | null;
}

/**
 * Looks through the real rows for those that an adoption would lose or refuse. Reads only, in one
 * read-only transaction; what it may not read is unproven.
 */
export async function shadow(client: MigrationClient, adoption: Adoption): Promise<Report> {
  const finish = startReport("adopt --shadow");
  const findings: Finding[] = [];
  const unproven: string[] = [];
  const rows: MatrixRow[] = [];
  await client.query("begin transaction isolation level repeatable read read only");
  try {
    // Rows that a policy hides from this role must stop the count, not shrink it.
    await client.query("set local row_security = off");
    for (const table of adoption.tables)
      rows.push(await look(client, adoption, table, findings, unproven));
  } finally {
    await client.query("rollback").catch(() => undefined);
  }
  return finish({
    target: [["database", adoption.catalog.server.database]],
    assumptions: [],
    rules: shadowRules,
    findings,
    matrices: [
      { what: "table", columns: ["every row has a tenant", "ways agree", "references"], rows },
    ],
    unproven,
    notes: [
      "Unique values are no obstacle: whatever is unique across tenants is so within each.",
      ...(adoption.rootParent === undefined
        ? []
        : ["Trees of the root are one tenant each, but are counted here row by row."]),
    ],
  });
}

async function look(
  client: MigrationClient,
  adoption: Adoption,
  table: AdoptedTable,
  findings: Finding[],
  unproven: string[],
): Promise<MatrixRow> {
  const { relation } = table;
  const tried = async (
    rule: Rule,
    detail: string | undefined,
    sql: string,
    say: (count: number) => string,
    mend: string,
  ): Promise<Cell> => {
    try {
      await client.query("savepoint look");
      const [found] = await rowsOf<Count>(client, sql);
      const count = found?.count ?? 0;
      if (count === 0) return { verdict: "holds" };
      const samples = found?.samples ?? [];
      const some = samples.length === 0 ? "" : ` Some: ${samples.join(", ")}.`;
      findings.push({
        rule,
        subject: nameOf(relation),
        ...(detail === undefined ? {} : { detail }),
        message: `${say(count)}${some}`,
        mend,
      });
      return { verdict: "open", note: `${count} rows` };
    } catch (error) {
      await client.query("rollback to savepoint look");
      const note = (error as Error).message;
      unproven.push(`${nameOf(relation)}: ${note}.`);
      return { verdict: "unproven", note };
    }
  };
  const root = rootOfRow(adoption, table, "child");
  const isRoot = relation === adoption.root.relation;
  const owned: Cell = isRoot
    ? { verdict: "holds" }
    : await tried(
        ownerless,
        undefined,
        counting(relation, "", `${root} is null`),
        (count) => `${count} rows belong to no tenant.`,
        "Delete them, give them what leads to a tenant, or share the table.",
      );
  const ways = table.ways.map((way) => rootOfRow(adoption, { ...table, ways: [way] }, "child"));
  const agree: Cell =
    ways.length < 2
      ? { verdict: "not applicable" }
      : await tried(
          disagreeing,
          undefined,
          counting(
            relation,
            "",
            ways
              .slice(1)
              .map((way) => `${ways[0]!} <> ${way}`)
              .join(" or "),
          ),
          (count) => `${count} rows lead to different tenants.`,
          "Mend the rows, or take the wrong way out of the manifest.",
        );
  const cells: Cell[] = [];
  for (const plan of referencePlans(adoption).filter(({ table: { relation: from } }) =>
    [relation, ...table.partitions].includes(from),
  )) {
    const columns = columnNames(relation, plan.old.columns).join(", ");
    cells.push(
      await tried(
        crossing,
        plan.old.name,
        crossings(adoption, plan),
        (count) =>
          `${count} rows point to another tenant's row of ${nameOf(plan.target)} by ${columns}.`,
        `Mend the rows, or name ${plan.old.name} under keepReferences in the manifest.`,
      ),
    );
  }
  return { name: nameOf(relation), kind: "tenant", cells: [owned, agree, worst(cells)] };
}

function worst(cells: readonly Cell[]): Cell {
  const found = (["open", "unproven", "holds"] as const).map((verdict) =>
    cells.find((cell) => cell.verdict === verdict),
  );
  return found.find((cell) => cell !== undefined) ?? { verdict: "not applicable" };
}

function crossings(adoption: Adoption, { table, old, target }: ReferencePlan): string {
  const parent = adoptedOf(adoption, target.oid)!;
  const [mine, theirs] = [
    rootOfRow(adoption, table, "child"),
    rootOfRow(adoption, parent, "parent"),
  ];
  return counting(
    table.relation,
    `join ${sqlName(target)} parent on ${matchOf(table, old, target)}`,
    `${mine} <> ${theirs}`,
  );
}

function counting(relation: Relation, join: string, condition: string): string {
  const key = keyColumnOf(relation);
  const sample = key === undefined ? "child.ctid::text" : `child.${quoted(key.name)}::text`;
  return `select count(*)::float8 as count, (array_agg(sample order by sample))[1:5] as samples
    from (select ${sample} as sample from ${sqlName(relation)} child ${join} where ${condition}) found`;
}
