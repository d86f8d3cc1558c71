import type { Relation } from "./relation.js";

/** As `public.projects`: for people and for keys. Not for SQL. */
export function nameOf({
  schema,
  name,
}: {
  readonly schema: string;
  readonly name: string;
}): string {
  return `${schema}.${name}`;
}

/** Quoted where it must be, as quote_ident() does but for keywords, which are quoted always. */
export function quoted(identifier: string): string {
  if (/^[a-z_][a-z0-9_]*$/.test(identifier) && !keywords.has(identifier)) return identifier;
  return `"${identifier.replaceAll('"', '""')}"`;
}

/** For SQL, as `public."Order"`. */
export function sqlName({
  schema,
  name,
}: {
  readonly schema: string;
  readonly name: string;
}): string {
  return `${quoted(schema)}.${quoted(name)}`;
}

/** A text as an SQL literal. */
export function literal(text: string): string {
  const doubled = text.replaceAll("'", "''");
  return text.includes("\\") ? `E'${doubled.replaceAll("\\", "\\\\")}'` : `'${doubled}'`;
}

/** The names of columns by their numbers. */
export function columnNames(relation: Relation, numbers: readonly number[]): string[] {
  return numbers.map(
    (number) => relation.columns.find((column) => column.number === number)?.name ?? "(expression)",
  );
}

export function columnNamed(relation: Relation, name: string) {
  return relation.columns.find((column) => column.name === name);
}

// Those that cannot stand bare as the name of a column or a table.
const keywords = new Set(
  `all analyse analyze and any array as asc asymmetric authorization binary both case cast check
  collate collation column concurrently constraint create cross current_catalog current_date
  current_role current_schema current_time current_timestamp current_user default deferrable desc
  distinct do else end except false fetch for foreign freeze from full grant group having ilike in
  initially inner intersect into is isnull join lateral leading left like limit localtime
  localtimestamp natural not notnull null offset on only or order outer overlaps placing primary
  references returning right select session_user similar some symmetric system_user table tablesample
  then to trailing true union unique user using variadic verbose when where window with between
  bigint bit boolean char character coalesce dec decimal exists extract float greatest grouping
  inout int integer interval json least national nchar none normalize nullif numeric out overlay
  position precision real row setof smallint substring time timestamp treat trim values varchar`.split(
    /\s+/,
  ),
);
