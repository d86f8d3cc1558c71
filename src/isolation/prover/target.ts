import { isUuid } from "../../core/uuid.js";
import { nameOf, sqlName } from "../catalog/names.js";
import type { Column, Relation } from "../catalog/relation.js";
import type { Subject } from "../subject/subject.js";
import { canariesOf } from "./canary.js";
import type { Rights } from "./rights.js";
import { equals, whereRow } from "./rows.js";
import type { SeededRow, SeededTable, TenantLabel } from "./seed/contract.js";
import type { World } from "./world.js";

/** One tenant table, its rows of both tenants, and what the application may do with it. */
export interface Target {
  readonly subject: Subject;
  readonly world: World;
  readonly relation: Relation;
  /** As `public.projects`. */
  readonly name: string;
  /** For SQL. */
  readonly sql: string;
  readonly tenantColumn: string | undefined;
  readonly rights: Rights;
  readonly own: SeededRow;
  readonly foreign: SeededRow;
  /** SQL conditions: all rows of a tenant that were seeded; the one row. */
  readonly rowsOf: Readonly<Record<TenantLabel, string>>;
  readonly ownRow: string;
  readonly foreignRow: string;
  /** Texts that only B's rows hold. */
  readonly canaries: ReadonlySet<string>;
}

/** @returns a sentence where it cannot be aimed at */
export function targetOf(
  subject: Subject,
  world: World,
  seeded: SeededTable,
  rights: Rights,
): Target | string {
  const { relation, tenantColumn } = seeded.table;
  const of = (label: TenantLabel) => seeded.rows.filter(({ tenant }) => tenant === label);
  const [own] = of("a");
  const foreign = preferDistinct(of("b"), of("a"));
  if (own === undefined || foreign === undefined) {
    return seeded.unproven ?? "the seeder made no rows of both tenants";
  }
  if (tenantColumn !== undefined && !canHold(tenantColumn, world.tenants.a)) {
    return `its ${tenantColumn.name} is of the type ${tenantColumn.type}, so its tenants are not the rows of ${subject.root === undefined ? "the other tables' tenants" : nameOf(subject.root)} (--root)`;
  }
  const ofTenant = (label: TenantLabel) =>
    tenantColumn === undefined
      ? `(${of(label)
          .map((row) => whereRow(relation, row))
          .join(" or ")})`
      : equals(relation, tenantColumn.name, world.tenants[label]);
  return {
    subject,
    world,
    relation,
    name: nameOf(relation),
    sql: sqlName(relation),
    tenantColumn: tenantColumn?.name,
    rights,
    own,
    foreign,
    rowsOf: { a: ofTenant("a"), b: ofTenant("b") },
    ownRow: whereRow(relation, own),
    foreignRow: whereRow(relation, foreign),
    canaries: canariesOf(world, of("a"), of("b")),
  };
}

/** Two tables may take their tenants from different places, as Tenantry's own do before a root is adopted. */
function canHold({ baseType, category }: Column, tenant: string): boolean {
  if (baseType === "uuid") return isUuid(tenant);
  return category !== "N" || /^-?\d+(\.\d+)?$/.test(tenant);
}

/** A row of B's whose key A has as well finds more. */
function preferDistinct(
  foreign: readonly SeededRow[],
  own: readonly SeededRow[],
): SeededRow | undefined {
  const keyOf = ({ key, values }: SeededRow) => key.map((column) => values[column]).join("\0");
  const keys = new Set(own.map(keyOf));
  return foreign.find((row) => keys.has(keyOf(row))) ?? foreign[0];
}
