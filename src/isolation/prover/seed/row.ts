import type { Oid } from "../../catalog/catalog.js";
import { nameOf } from "../../catalog/names.js";
import type { Column } from "../../catalog/relation.js";
import type { RowCheck } from "./checks.js";
import type { TenantLabel } from "./contract.js";
import type { Assignment } from "./evaluate.js";
import type { Ground, Stored } from "./ground.js";
import type { Style } from "./options.js";
import { parentVariables, type ParentRequest, type Part } from "./parents.js";
import { nameOfCheck, Search, type Variable } from "./search.js";
import type { SharedColumns } from "./shared.js";
import type { TableShape } from "./shape.js";
import type { RowSeed } from "./values/seed-number.js";

export interface RowRequest {
  readonly shape: TableShape;
  readonly tenant: TenantLabel;
  readonly ordinal: number;
  readonly fixed: Part;
  readonly planned: ReadonlyMap<Oid, Stored>;
  readonly makeParent: ParentRequest["makeParent"];
  /** Whether ids may equal the other tenant's. */
  readonly mayCollide: boolean;
}

export interface Draft {
  readonly shape: TableShape;
  readonly row: Assignment;
  readonly word: string;
  readonly failing: readonly string[];
  /** A CHECK fails of which nothing could be chosen: trying again is no use. */
  readonly hopeless: boolean;
}

/** Decides on a whole row: the tenant, parents, and values that all conditions take. */
export class Drafts {
  constructor(
    private readonly ground: Ground,
    private readonly shared: SharedColumns,
  ) {}

  async draft(request: RowRequest, style: Style): Promise<Draft> {
    const { shape, tenant } = request;
    const own = this.ground.ownSeed(tenant, shape.relation.name);
    const fixed = this.fixedColumns(request);
    const variables: Variable[] = [...fixed].map(([column, value]) => ({
      columns: [column],
      options: [[value]],
    }));
    variables.push(...(await parentVariables(this.ground, { ...request, ...style, fixed })));
    const decided = new Set(variables.flatMap(({ columns }) => columns));
    for (const column of shape.relation.columns) {
      if (decided.has(column.name) || isLeftOut(shape, column)) continue;
      const seed = this.seedFor(request, column, own);
      const options = await this.ground.options.of(shape, column, seed, style);
      if (options.length > 0)
        variables.push({ columns: [column.name], options: options.map((option) => [option]) });
    }
    const stored = this.ground.rowsOf(shape.relation.oid).map(({ values }) => values);
    const search = new Search(shape, variables, this.ground.evaluator(shape.relation.oid), stored);
    const { assignment, failing } = await search.run();
    const isFixed = ({ columns }: RowCheck) => [...columns].every((name) => fixed.has(name));
    const hopeless = shape.checks.some(
      (check) => check.columns.size > 0 && failing.includes(nameOfCheck(check)) && isFixed(check),
    );
    return { shape, row: assignment, word: own.word, failing, hopeless };
  }

  /** A column's value before any other is known, for rows that refer to one another. */
  async valueAhead(
    shape: TableShape,
    column: Column,
    request: Omit<RowRequest, "shape">,
    style: Style,
  ) {
    const own = this.ground.ownSeed(request.tenant, shape.relation.name);
    const [first] = await this.ground.options.of(
      shape,
      column,
      this.seedFor({ ...request, shape }, column, own),
      style,
    );
    return typeof first === "string" ? first : undefined;
  }

  fixedColumns({ shape, tenant, fixed, mayCollide }: RowRequest): Part {
    if (shape.tenantColumn === undefined || fixed.has(shape.tenantColumn)) return fixed;
    // A further row of the root is a further tenant.
    if (shape.relation.oid === this.ground.root && !mayCollide) return fixed;
    return new Map([...fixed, [shape.tenantColumn, this.ground.tenants[tenant]]]);
  }

  private seedFor(
    { shape, ordinal, mayCollide }: RowRequest,
    column: Column,
    own: RowSeed,
  ): RowSeed {
    const collides = mayCollide && this.shared.isShared(shape.relation.oid, column.name);
    return collides ? this.ground.sharedSeed(ordinal, shape.relation.name) : own;
  }
}

/** What the database fills: generated columns, and identities that nothing refers to. */
function isLeftOut(shape: TableShape, column: Column): boolean {
  if (column.generated !== "") return true;
  return (
    column.identity !== "" && !shape.uniques.some(({ columns }) => columns.includes(column.name))
  );
}

export const labelOf = (shape: TableShape) => nameOf(shape.relation);
