import type { Column } from "../../catalog/relation.js";
import { mergedDocuments } from "./hints/documents.js";
import type { Value } from "./evaluate.js";
import type { TableShape } from "./shape.js";
import { columnKey, modifiersOf, type ColumnTypes, type Types } from "./types.js";
import type { AcceptedTexts } from "./values/accepted.js";
import { candidates, rotated } from "./values/candidates.js";
import type { RowSeed } from "./values/seed-number.js";

/** How a row is tried this time. */
export interface Style {
  /** Leave out what may be left out. */
  readonly minimal: boolean;
  /** Columns that must not be null although they may. */
  readonly filled: ReadonlySet<string>;
  /** Columns whose next option is to come first, and by how many. */
  readonly turned: ReadonlyMap<string, number>;
  /** Foreign keys that need a parent of their own. */
  readonly ownParents: ReadonlySet<string>;
}

/** What a column that no foreign key fills may hold. */
export class Options {
  constructor(
    private readonly types: Types,
    private readonly columns: ColumnTypes,
    private readonly accepted: AcceptedTexts,
  ) {}

  /** All of them where conditions choose among them, else the first. */
  async of(shape: TableShape, column: Column, seed: RowSeed, style: Style): Promise<Value[]> {
    const isChecked =
      shape.checks.some((check) => check.columns.has(column.name)) || isSource(shape, column);
    const isUnique = shape.uniques.some((unique) => unique.columns.includes(column.name));
    const values = await this.values(shape, column, seed, { isChecked, isUnique });
    const byDefault = column.default !== null && !isUnique && !column.default.includes("nextval(");
    const preferred: Value[] = byDefault ? [{ sql: column.default }, ...values] : values;
    const turned = rotated(preferred, style.turned.get(column.name) ?? 0);
    if (column.notNull || style.filled.has(column.name)) return turned;
    return style.minimal || shape.emptied.has(column.name) || (isChecked && !byDefault && !isUnique)
      ? [null, ...turned]
      : [...turned, null];
  }

  private async values(
    shape: TableShape,
    column: Column,
    seed: RowSeed,
    { isChecked, isUnique }: { readonly isChecked: boolean; readonly isUnique: boolean },
  ): Promise<string[]> {
    const type = this.columns.get(columnKey(shape.relation.oid, column.number))!;
    const wish = { types: this.types, seed, distinct: isUnique };
    const plain = candidates(type, modifiersOf(column.type), wish);
    const hints = shape.hints.get(column.name) ?? [];
    const isBuiltIn = this.isBuiltIn(column, type);
    if (hints.length === 0 && isBuiltIn)
      return isChecked ? plain : plain.slice(0, isUnique ? 40 : 1);
    const suggested = await this.accepted.of(column.type, [...mergedDocuments(hints), ...hints]);
    const own = isBuiltIn ? plain : await this.accepted.of(column.type, plain);
    // What must differ from row to row is its own value first; else what conditions name.
    const all = isUnique
      ? [...own.slice(0, 1), ...suggested, ...own.slice(1)]
      : [...suggested, ...own];
    return [...new Set(all)];
  }

  /** Whose values of ours need no asking. */
  private isBuiltIn(column: Column, type: number): boolean {
    const facts = this.types.get(type);
    if (facts === undefined) return false;
    return facts.kind === "e" || (facts.kind === "b" && trusted.has(column.baseType));
  }
}

const trusted = new Set(
  `text varchar bpchar name int2 int4 int8 float8 numeric bool uuid date timestamp timestamptz time
   interval bytea json jsonb inet cidr _text _varchar _int4 _int8 _uuid`.split(/\s+/),
);

/** Whether a column that is generated from it is in a condition. */
function isSource(shape: TableShape, column: Column): boolean {
  return shape.relation.columns.some(
    (other) =>
      other.generated !== "" &&
      (other.default ?? "").includes(column.name) &&
      shape.checks.some((check) => check.columns.has(other.name)),
  );
}
