import type { Atom, ColumnValue, ContextValue, Value } from "./atom.js";
import type { Range } from "./range.js";

/** What a case makes equal: classes of columns, settings and constants. */
export class Equalities {
  readonly #parents = new Map<string, string>();
  readonly #values = new Map<string, Value>();

  constructor(atoms: readonly Atom[]) {
    for (const atom of atoms) {
      if (atom.kind !== "equal" || isLossy(atom.left) || isLossy(atom.right)) continue;
      this.#join(atom.left, atom.right);
    }
  }

  #join(left: Value, right: Value): void {
    const [a, b] = [keyOf(left), keyOf(right)];
    if (a === undefined || b === undefined) return;
    this.#values.set(a, left);
    this.#values.set(b, right);
    this.#parents.set(this.#rootOf(a), this.#rootOf(b));
  }

  #rootOf(key: string): string {
    let root = key;
    for (let parent = this.#parents.get(root); parent !== undefined && parent !== root;) {
      root = parent;
      parent = this.#parents.get(root);
    }
    return root;
  }

  /** All that a column is equal to, itself left out. */
  of(range: Range, column: string): readonly Value[] {
    const key = columnKey(range, column);
    const root = this.#rootOf(key);
    return [...this.#values]
      .filter(([each]) => each !== key && this.#rootOf(each) === root)
      .map(([, value]) => value);
  }

  /** The columns of a table that anything is said of. */
  columnsOf(range: Range): readonly string[] {
    return [...this.#values.values()].flatMap((value) =>
      value.kind === "column" && value.range.id === range.id ? [value.name] : [],
    );
  }

  ranges(): readonly Range[] {
    const found = new Map<number, Range>();
    for (const value of this.#values.values()) {
      if (value.kind === "column") found.set(value.range.id, value.range);
    }
    return [...found.values()];
  }

  /** Whether two different constants are made equal: such a case never comes. */
  isContradictory(): boolean {
    const constants = new Map<string, string>();
    return [...this.#values].some(([key, value]) => {
      if (value.kind !== "constant") return false;
      const root = this.#rootOf(key);
      const before = constants.get(root);
      constants.set(root, key);
      return before !== undefined && before !== key;
    });
  }
}

export function contextsAmong(values: readonly Value[]): readonly ContextValue[] {
  return values.filter((value) => value.kind === "context");
}

export function columnsAmong(values: readonly Value[]): readonly ColumnValue[] {
  return values.filter((value) => value.kind === "column");
}

function isLossy(value: Value): boolean {
  return "lossy" in value && value.lossy !== undefined;
}

function keyOf(value: Value): string | undefined {
  switch (value.kind) {
    case "column":
      return columnKey(value.range, value.name);
    case "context":
      return `context ${value.text}`;
    case "constant":
      return `constant ${value.value ?? ""}`;
    case "computed":
    case "opaque":
      return undefined;
  }
}

function columnKey(range: Range, name: string): string {
  return `column ${range.id} ${name}`;
}
