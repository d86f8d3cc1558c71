import { columnNamed } from "../catalog/names.js";
import type { ColumnValue, ContextValue, Value } from "./atom.js";

const texts = new Set(["text", "varchar"]);
const integers = ["int2", "int4", "int8"];
const inexact = new Set(["float4", "float8", "name", "date", "bool", "citext", "bpchar"]);

/** What a value is after a cast; `type` as typeText() writes it, as `varchar(9)` or `int4`. */
export function castValue(value: Value, type: string): Value {
  const { name, limited } = readType(type);
  if (value.kind === "column") return castColumn(value, type, name, limited);
  if (value.kind === "context") return castContext(value, type, name, limited);
  return value;
}

function castColumn(value: ColumnValue, type: string, name: string, limited: boolean): ColumnValue {
  const column =
    value.range.relation === undefined ? undefined : columnNamed(value.range.relation, value.name);
  const from = column?.baseType;
  const text = `${value.text}::${type}`;
  // A varchar is a text already; so is a domain its base.
  if (from === name && !limited) return { ...value, text };
  if (from === "varchar" && texts.has(name) && !limited) return { ...value, text };
  const lossy = value.lossy ?? (losesColumn(from, name, limited) ? `::${type}` : undefined);
  return { ...value, text, cast: `::${type}`, ...(lossy === undefined ? {} : { lossy }) };
}

function losesColumn(from: string | undefined, to: string, limited: boolean): boolean {
  if (limited) return true;
  if (from === "int4" || from === "int2") return to !== "float8" && inexact.has(to);
  if (to === "bpchar" && from === "bpchar") return false;
  if (inexact.has(to)) return true;
  const target = integers.indexOf(to);
  if (target === -1) return false;
  const source = integers.indexOf(from ?? "");
  return source === -1 || source > target;
}

/** The context is the text of a tenant: what matters is whether two tenants become one. */
function castContext(
  value: ContextValue,
  type: string,
  name: string,
  limited: boolean,
): ContextValue {
  const rounded = integers.includes(name) && /::(numeric|float[48])/.test(value.text);
  const loses = limited || rounded || ["float4", "float8", "name", "date", "bool"].includes(name);
  const lossy = value.lossy ?? (loses ? `::${type}` : undefined);
  return {
    ...value,
    text: `${value.text}::${type}`,
    ...(lossy === undefined ? {} : { lossy }),
  };
}

function readType(type: string): { readonly name: string; readonly limited: boolean } {
  const [name = "", modifier] = type.split("(");
  // `bpchar(n)` cuts too; a bare `character` is character(1) and comes with its 1.
  return { name, limited: modifier !== undefined };
}
