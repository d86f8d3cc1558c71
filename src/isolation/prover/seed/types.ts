import type { Oid } from "../../catalog/catalog.js";
import type { SeedSession } from "./contract.js";

/** What must be known of a type to write a value of it. */
export interface TypeFacts {
  readonly oid: Oid;
  /** Bare, as `int4`. */
  readonly name: string;
  /** As format_type() says it, schema included where it is not the system's. */
  readonly sqlName: string;
  /** pg_type.typtype: `b` base, `e` enum, `d` domain, `c` composite, `r` range, `m` multirange, `p` pseudo. */
  readonly kind: string;
  readonly category: string;
  readonly labels: readonly string[];
  /** What a domain stands on, an array's element, a range's bound, a multirange's range. */
  readonly inner: Oid | null;
  /** Of a domain: the modifiers of what it stands on, as `[20]` of varchar(20). */
  readonly modifiers: readonly number[];
  /** Of a domain. */
  readonly checks: readonly string[];
  /** Of a composite type. */
  readonly attributes: readonly { readonly type: Oid; readonly sqlName: string }[];
}

export type Types = ReadonlyMap<Oid, TypeFacts>;
/** By the relation's oid and the column's number. */
export type ColumnTypes = ReadonlyMap<string, Oid>;

export const columnKey = (relation: Oid, column: number) => `${relation}.${column}`;

/** Of every column of the relations, and of what their types are made of. */
export async function readTypes(
  session: SeedSession,
  relations: readonly Oid[],
): Promise<{ readonly types: Types; readonly columns: ColumnTypes }> {
  const columns = await session.query(
    `select attrelid::bigint::float8 as relation, attnum::int as number, atttypid::bigint::float8 as type
     from pg_catalog.pg_attribute where attrelid = any ($1::oid[]) and attnum > 0 and not attisdropped`,
    [relations],
  );
  const { rows } = await session.query(facts, [relations]);
  return {
    types: new Map(rows.map((row) => [row.oid as Oid, factsOf(row)])),
    columns: new Map(
      columns.rows.map((row) => [
        columnKey(row.relation as Oid, row.number as number),
        row.type as Oid,
      ]),
    ),
  };
}

function factsOf(row: Record<string, unknown>): TypeFacts {
  const { innerName, ...rest } = row;
  return { ...rest, modifiers: modifiersOf((innerName ?? "") as string) } as unknown as TypeFacts;
}

/** The numbers in brackets: `[10, 2]` of `numeric(10,2)`, `[3]` of `timestamp(3) without time zone`. */
export function modifiersOf(sqlName: string): readonly number[] {
  const [, numbers] = /\(([\d, ]+)\)/.exec(sqlName) ?? [];
  return numbers === undefined ? [] : numbers.split(",").map(Number);
}

// to_jsonb(): pg_range.rngmultitypid came with PostgreSQL 14.
const facts = `with recursive needed (oid) as (
    select atttypid from pg_catalog.pg_attribute
      where attrelid = any ($1::oid[]) and attnum > 0 and not attisdropped
    union
    select inner_type.oid from needed join pg_catalog.pg_type t on t.oid = needed.oid, lateral (
      select t.typbasetype where t.typtype = 'd'
      union all select t.typelem where t.typcategory = 'A'
      union all select a.atttypid from pg_catalog.pg_attribute a
        where t.typtype = 'c' and a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped
      union all select r.rngsubtype from pg_catalog.pg_range r where r.rngtypid = t.oid
      union all select r.rngtypid from pg_catalog.pg_range r
        where (pg_catalog.to_jsonb(r) ->> 'rngmultitypid')::oid = t.oid
    ) inner_type (oid)
  )
  select t.oid::bigint::float8 as oid, t.typname::text as name,
    pg_catalog.format_type(t.oid, null) as "sqlName", t.typtype::text as kind, t.typcategory::text as category,
    (select coalesce(json_agg(e.enumlabel order by e.enumsortorder), '[]') from pg_catalog.pg_enum e
     where e.enumtypid = t.oid) as labels,
    (case when t.typtype = 'd' then t.typbasetype when t.typcategory = 'A' then t.typelem
      when t.typtype = 'r' then (select r.rngsubtype from pg_catalog.pg_range r where r.rngtypid = t.oid)
      when t.typtype = 'm' then (select r.rngtypid from pg_catalog.pg_range r
        where (pg_catalog.to_jsonb(r) ->> 'rngmultitypid')::oid = t.oid)
     end)::bigint::float8 as inner,
    case t.typtype when 'd' then pg_catalog.format_type(t.typbasetype, t.typtypmod) end as "innerName",
    (select coalesce(json_agg(pg_catalog.pg_get_expr(k.conbin, 0)), '[]') from pg_catalog.pg_constraint k
     where k.contypid = t.oid and k.contype = 'c') as checks,
    (select coalesce(json_agg(json_build_object('type', a.atttypid::bigint,
       'sqlName', pg_catalog.format_type(a.atttypid, a.atttypmod)) order by a.attnum), '[]')
     from pg_catalog.pg_attribute a
     where t.typtype = 'c' and a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped) as attributes
  from needed join pg_catalog.pg_type t on t.oid = needed.oid`;
