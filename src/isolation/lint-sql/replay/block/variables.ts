import { listIn, valueIn, type Lookup, type Value } from "./values.js";
import { parseExpression } from "../../../sql/parse.js";
import { expressionOf, nodeOf, queryOf, type PlNode } from "./tree.js";

/** What the variables of a DO block hold, as far as its text alone tells. */
export class Variables {
  #values = new Map<string, Value>();
  readonly #names: readonly string[];
  /** Of variables that nothing assigns: worked out when they are read. */
  readonly #defaults = new Map<string, unknown>();
  readonly lookup: Lookup = (name) => this.#values.get(name) ?? this.#fallback(name);

  constructor(datums: readonly PlNode[], body: unknown) {
    this.#names = datums.map(({ parts }) => textAt(parts, "refname"));
    const assigned = this.assignedIn(body);
    for (const [index, { parts }] of datums.entries()) {
      const name = this.#names[index]!;
      const initial = parts["default_val"];
      // Of two variables with one name, which is meant is not worked out.
      if (initial === undefined || this.#names.filter((each) => each === name).length > 1) continue;
      const value = valueIn(expressionOf(initial), this.lookup);
      if (value !== undefined) this.#values.set(name, value);
      else if (!assigned.has(name)) this.#defaults.set(name, initial);
    }
  }

  #fallback(name: string): Value | undefined {
    const initial = this.#defaults.get(name);
    if (initial === undefined) return undefined;
    this.#defaults.delete(name);
    const value = valueIn(expressionOf(initial), this.lookup);
    this.#defaults.set(name, initial);
    return value;
  }

  /** `name := …`; an element of an array makes the whole of it unknown. */
  assign({ parts }: PlNode): void {
    const name = this.#nameAt(parts["varno"]);
    const [, left, right] = /^\s*([^=:]*?)\s*:?=(.*)$/s.exec(queryOf(parts["expr"]) ?? "") ?? [];
    const isWhole = left?.replaceAll('"', "").toLowerCase() === name.toLowerCase();
    const value = isWhole ? valueIn(parseExpression(right ?? ""), this.lookup) : undefined;
    this.#set(name, value);
  }

  setAt(number: unknown, value: string): void {
    this.#set(this.#nameAt(number), value);
  }

  /** One row of a loop: into a record, or into its variables one by one. */
  setRow(target: unknown, row: ReadonlyMap<string, Value>): void {
    const columns = [...row].filter(([name]) => !name.includes("."));
    this.forget(this.#targets(target));
    const into = nodeOf(target);
    if (into?.kind === "rec") {
      const record = textAt(into.parts, "refname");
      for (const [name, value] of columns) this.#set(`${record}.${name}`, value);
      return;
    }
    for (const [index, name] of this.#targets(target).entries())
      this.#set(name, columns[index]?.[1]);
  }

  listOf(expression: unknown): readonly string[] | undefined {
    return listIn(expressionOf(expression), this.lookup);
  }

  forget(names: Iterable<string>): void {
    for (const name of names) {
      this.#values.delete(name);
      for (const field of this.#values.keys()) {
        if (field.startsWith(`${name}.`)) this.#values.delete(field);
      }
    }
  }

  copy(): ReadonlyMap<string, Value> {
    return new Map(this.#values);
  }

  restore(values: ReadonlyMap<string, Value>): void {
    this.#values = new Map(values);
  }

  /** Every variable that something below gives a value. */
  assignedIn(tree: unknown, found = new Set<string>()): Set<string> {
    if (Array.isArray(tree)) for (const item of tree) this.assignedIn(item, found);
    else if (typeof tree === "object" && tree !== null) {
      for (const [key, value] of Object.entries(tree)) {
        if (key === "varno") found.add(this.#nameAt(value));
        else if (key === "target" || key === "var") {
          for (const name of this.#targets(value)) found.add(name);
        } else this.assignedIn(value, found);
      }
    }
    return found;
  }

  #targets(target: unknown): string[] {
    const into = nodeOf(target);
    if (into === undefined) return [];
    const fields = into.parts["fields"];
    if (!Array.isArray(fields)) return [textAt(into.parts, "refname")];
    return fields.map((field) => textAt(field, "name"));
  }

  #nameAt(number: unknown): string {
    return typeof number === "number" ? (this.#names[number] ?? "") : this.#names[0]!;
  }

  #set(name: string, value: Value | undefined): void {
    if (value === undefined) this.forget([name]);
    else this.#values.set(name, value);
  }
}

function textAt(parts: unknown, name: string): string {
  const value = (parts as Readonly<Record<string, unknown>>)[name];
  return typeof value === "string" ? value : "";
}
