import type { Oid } from "../../catalog/catalog.js";
import type { Ground } from "./ground.js";
import type { TableShape } from "./shape.js";

/**
 * Which columns may be equal in the rows of two tenants: ids whose every unique index also holds what
 * tells the tenants apart. Two tenants with the same ids show what different ids hide.
 */
export class SharedColumns {
  private readonly known = new Map<string, boolean>();

  constructor(private readonly ground: Ground) {}

  isShared(oid: Oid, column: string): boolean {
    const key = `${oid}.${column}`;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    this.known.set(key, false); // where foreign keys run in a circle
    const result = this.find(oid, column);
    this.known.set(key, result);
    return result;
  }

  private find(oid: Oid, column: string): boolean {
    const shape = this.ground.shapes.get(this.ground.leavesOf(oid)[0] ?? oid);
    if (shape === undefined || column === shape.tenantColumn) return false;
    const link = shape.links.find(({ columns }) => columns.includes(column));
    if (link !== undefined) {
      return this.isShared(link.target, link.targetColumns[link.columns.indexOf(column)]!);
    }
    const uniques = shape.uniques.filter(({ columns }) => columns.includes(column));
    if (!uniques.some(({ primary, predicate }) => primary || predicate === null)) return false;
    return uniques.every(
      (unique) =>
        !unique.opaque &&
        unique.columns.some((other) => other !== column && this.tells(shape, other)),
    );
  }

  /** Whether the column differs between tenants without our doing. */
  private tells(shape: TableShape, column: string): boolean {
    if (column === shape.tenantColumn) return true;
    const link = shape.links.find(({ columns }) => columns.includes(column));
    if (link === undefined) return false;
    return !this.isShared(link.target, link.targetColumns[link.columns.indexOf(column)]!);
  }
}
