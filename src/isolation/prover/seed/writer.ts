import type { Oid } from "../../catalog/catalog.js";
import { attempt, describe, type Outcome, type Refusal } from "./attempt.js";
import type { TenantLabel } from "./contract.js";
import type { Ground, Stored } from "./ground.js";
import { insertStatement, joinedStatement } from "./insert.js";
import { MissingParent, type Part } from "./parents.js";
import { firstStyle, nextStyle } from "./retry.js";
import { Drafts, labelOf, type Draft, type RowRequest } from "./row.js";
import type { SharedColumns } from "./shared.js";
import type { Style } from "./options.js";
import type { TableShape } from "./shape.js";

/** How often a row is tried, each time otherwise. */
export const mostAttempts = 7;
/** How many parents' parents are made on demand. */
const deepest = 4;

export interface Written {
  readonly oid: Oid;
  readonly word: string;
  readonly values: Stored;
}

export type WriteResult = { readonly written: readonly Written[] } | { readonly reason: string };

export interface WriteRequest {
  readonly tenant: TenantLabel;
  readonly ordinal: number;
  readonly mayCollide: boolean;
  readonly fixed?: Part;
  /** Sent instead of the insert itself, as to take the row back again. */
  readonly around?: (
    work: () => Promise<readonly Written[]>,
  ) => Promise<Outcome<readonly Written[]>>;
  readonly depth?: number;
}

/** Puts in rows: one, or several of tables that cannot be without one another. */
export class Writer {
  readonly drafts: Drafts;

  constructor(
    private readonly ground: Ground,
    shared: SharedColumns,
  ) {
    this.drafts = new Drafts(ground, shared);
  }

  async write(shapes: readonly TableShape[], request: WriteRequest): Promise<WriteResult> {
    let style = firstStyle;
    let reason = "";
    for (let time = 1; time <= mostAttempts; time++) {
      const result = await this.tryOnce(shapes, request, style);
      if ("written" in result) return result;
      reason = `${result.reason}; tried ${time === 1 ? "once" : `${time} times`}`;
      const next =
        result.refusal === undefined ? undefined : nextStyle(style, result.refusal, shapes, time);
      if (next === undefined) break;
      style = next;
    }
    return { reason };
  }

  private async tryOnce(
    shapes: readonly TableShape[],
    request: WriteRequest,
    style: Style,
  ): Promise<{ written: readonly Written[] } | { reason: string; refusal?: Refusal }> {
    let drafts: readonly Draft[];
    try {
      drafts = await this.draftAll(shapes, request, style);
    } catch (error) {
      if (error instanceof MissingParent) return { reason: this.explain(error, request.tenant) };
      throw error;
    }
    const around = request.around ?? ((work) => attempt(this.ground.session, work));
    const outcome = await around(() => this.insert(drafts));
    if ("refusal" in outcome) {
      const failing = drafts.flatMap((draft) => draft.failing);
      const hint = failing.length > 0 ? `; no values were found for ${failing.join(" and ")}` : "";
      const reason = `${describe(outcome.refusal)}${hint}`;
      const isFinal = drafts.some(({ hopeless }) => hopeless);
      return isFinal ? { reason } : { reason, refusal: outcome.refusal };
    }
    if (outcome.value.length < drafts.length) {
      return { reason: "the insert stored no row, as if a trigger or a rule had swallowed it" };
    }
    return { written: outcome.value };
  }

  private async draftAll(
    shapes: readonly TableShape[],
    request: WriteRequest,
    style: Style,
  ): Promise<readonly Draft[]> {
    const requestFor = (
      shape: TableShape,
      fixed: Part,
      planned: ReadonlyMap<Oid, Stored>,
    ): RowRequest => ({
      ...request,
      shape,
      fixed,
      planned,
      makeParent: (target, wanted) => this.makeParent(target, wanted, request),
    });
    const given: Part = request.fixed ?? new Map();
    const isCircle =
      shapes.length > 1 ||
      shapes.some((shape) =>
        shape.links.some(({ required, target }) => required && target === shape.relation.oid),
      );
    if (!isCircle)
      return [await this.drafts.draft(requestFor(shapes[0]!, given, new Map()), style)];
    const planned = await this.planAhead(shapes, request, style);
    const drafts: Draft[] = [];
    for (const shape of shapes) {
      const fixed = new Map([...Object.entries(planned.get(shape.relation.oid) ?? {}), ...given]);
      drafts.push(await this.drafts.draft(requestFor(shape, fixed, planned), style));
    }
    return drafts;
  }

  /** The values by which the tables of a circle refer to one another. */
  private async planAhead(
    shapes: readonly TableShape[],
    request: WriteRequest,
    style: Style,
  ): Promise<ReadonlyMap<Oid, Stored>> {
    const byOid = new Map(shapes.map((shape) => [shape.relation.oid, shape]));
    const known = new Map<string, string | undefined>();
    const resolve = async (shape: TableShape, name: string): Promise<string | undefined> => {
      const key = `${shape.relation.oid}.${name}`;
      if (known.has(key)) return known.get(key);
      known.set(key, undefined);
      known.set(key, await find(shape, name));
      return known.get(key);
    };
    const find = async (shape: TableShape, name: string): Promise<string | undefined> => {
      if (name === shape.tenantColumn) return this.ground.tenants[request.tenant];
      for (const link of shape.links) {
        const index = link.columns.indexOf(name);
        if (index < 0 || !link.required) continue;
        const target = byOid.get(link.target);
        const value =
          target === undefined
            ? this.storedValue(link.target, link.targetColumns[index]!, request)
            : await resolve(target, link.targetColumns[index]!);
        if (value !== undefined) return value;
      }
      const column = shape.relation.columns.find((candidate) => candidate.name === name)!;
      const common = {
        ...request,
        fixed: new Map(),
        planned: new Map(),
        makeParent: async () => undefined,
      };
      return this.drafts.valueAhead(shape, column, common, style);
    };
    const planned = new Map<Oid, Record<string, string>>();
    for (const shape of shapes) {
      for (const link of shape.links) {
        const target = byOid.get(link.target);
        if (target === undefined || !link.required) continue;
        const row = planned.get(link.target) ?? {};
        for (const name of link.targetColumns) {
          const value = await resolve(target, name);
          if (value !== undefined) row[name] = value;
        }
        planned.set(link.target, row);
      }
    }
    return planned;
  }

  private storedValue(target: Oid, column: string, { tenant, ordinal }: WriteRequest) {
    const rows = this.ground.rowsOf(target).filter((row) => row.tenant === tenant);
    const row = rows.find((candidate) => candidate.ordinal === ordinal) ?? rows[0];
    return row?.values[column] ?? undefined;
  }

  /** A further row of another table, that is kept but not counted among the seeded ones. */
  private async makeParent(
    target: Oid,
    fixed: Part,
    request: WriteRequest,
  ): Promise<Stored | undefined> {
    const depth = (request.depth ?? 0) + 1;
    if (depth > deepest || target === this.ground.root) return undefined;
    for (const leaf of this.ground.leavesOf(target)) {
      const shape = this.ground.shapes.get(leaf);
      if (shape === undefined) continue;
      const { tenant } = request;
      const result = await this.write([shape], {
        tenant,
        ordinal: 3,
        mayCollide: false,
        fixed,
        depth,
      });
      if ("written" in result) return result.written[0]?.values;
    }
    return undefined;
  }

  private async insert(drafts: readonly Draft[]): Promise<readonly Written[]> {
    const statements = drafts.map(({ shape, row }) => insertStatement(shape.relation, row));
    const of = (draft: Draft, values: unknown): Written => ({
      oid: draft.shape.relation.oid,
      word: draft.word,
      values: values as Stored,
    });
    if (drafts.length === 1) {
      const { rows } = await this.ground.session.query(statements[0]!);
      return rows.map((values) => of(drafts[0]!, values));
    }
    const { rows } = await this.ground.session.query(joinedStatement(statements));
    return rows.map(({ number, row }) => of(drafts[number as number]!, row));
  }

  private explain({ message, link }: MissingParent, tenant: TenantLabel): string {
    const why = this.ground
      .leavesOf(link.target)
      .flatMap((leaf) => this.ground.problems.get(leaf)?.[tenant] ?? []);
    return why.length === 0 ? message : `${message} (${why[0]})`;
  }
}

export { labelOf };
