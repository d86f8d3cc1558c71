import { createHash } from "node:crypto";
import { literal, quoted, sqlName } from "../../catalog/names.js";
import type { Column, Relation } from "../../catalog/relation.js";

/** Runs a statement only where a condition holds: what is done already is not done again. */
export function when(condition: string, ...statements: readonly string[]): string {
  const body = statements.map((statement) => `    ${statement};`).join("\n");
  return dollarQuoted(`begin\n  if ${condition} then\n${body}\n  end if;\nend`);
}

/** A DO block. */
export function dollarQuoted(body: string): string {
  return `do $tenantry$\n${body}\n$tenantry$`;
}

export function constraintIs(relation: Relation, name: string): string {
  return `exists (select from pg_catalog.pg_constraint where conrelid = ${regclass(relation)} and conname = ${literal(name)})`;
}

export function indexIs(schema: string, name: string): string {
  return `exists (select from pg_catalog.pg_class where relnamespace = ${literal(quoted(schema))}::regnamespace and relname = ${literal(name)} and relkind in ('i', 'I'))`;
}

export function columnIs(relation: Relation, name: string): string {
  return `exists (select from pg_catalog.pg_attribute where attrelid = ${regclass(relation)} and attname = ${literal(name)} and not attisdropped)`;
}

export function regclass(relation: Relation): string {
  return `${literal(sqlName(relation))}::regclass`;
}

export function list(columns: readonly Column[]): string {
  return columns.map(({ name }) => quoted(name)).join(", ");
}

/** At most 63 bytes, with an ending; long names are cut and told apart by a hash. */
export function shortName(name: string, ending: string): string {
  const whole = `${name}_${ending}`;
  if (Buffer.byteLength(whole) <= 63) return whole;
  const hash = createHash("sha256").update(name).digest("hex").slice(0, 8);
  let cut = name;
  while (Buffer.byteLength(cut) > 63 - ending.length - 10) cut = cut.slice(0, -1);
  return `${cut}_${hash}_${ending}`;
}

/** A name that is the same for the same table in every run. */
export function helperName(prefix: string, relation: Relation, detail = ""): string {
  const hash = createHash("sha256")
    .update(`${sqlName(relation)} ${detail}`)
    .digest("hex")
    .slice(0, 12);
  return `tenantry_adopt.${prefix}_${hash}`;
}

/** PUBLIC may execute every new function; the triggers run theirs as its owner. */
export function forNobodyElse(signature: string): string {
  return `revoke execute on function ${signature} from public`;
}
