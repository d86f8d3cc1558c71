import { rowsOf } from "../../database/migrations/client.js";
import { ownSchema, type Reader } from "./reader.js";
import type { Of } from "./read-relations.js";
import type { Column } from "./relation.js";

// A domain may stand on a domain; this finds what it comes down to, and every CHECK on the way.
const domains = `with recursive domain (oid, base, depth) as (
    select t.oid, t.typbasetype, 1 from pg_catalog.pg_type t where t.typtype = 'd'
    union all
    select d.oid, t.typbasetype, d.depth + 1 from domain d
      join pg_catalog.pg_type t on t.oid = d.base where t.typtype = 'd'
  ), base as (
    select distinct on (oid) oid, base from domain order by oid, depth desc
  )`;

export function readColumns(client: Reader): Promise<readonly Of<Column>[]> {
  return rowsOf<Of<Column>>(
    client,
    `${domains}
     select a.attrelid::bigint::float8 as relation, a.attnum::int as number, a.attname::text as name,
       pg_catalog.format_type(a.atttypid, a.atttypmod) as type,
       b.typname::text as "baseType", t.typtype::text as "typeKind", b.typcategory::text as category,
       (select json_agg(e.enumlabel order by e.enumsortorder) from pg_catalog.pg_enum e
        where e.enumtypid = case when b.typcategory = 'A' then b.typelem else b.oid end) as labels,
       (select e.typname::text from pg_catalog.pg_type e where b.typcategory = 'A' and e.oid = b.typelem)
         as "elementType",
       case t.typtype when 'd' then (
         select coalesce(json_agg(pg_catalog.pg_get_expr(k.conbin, 0)), '[]')
         from pg_catalog.pg_constraint k
         where k.contype = 'c' and k.contypid in (
           select t.oid union select d.base from domain d where d.oid = t.oid)) else '[]' end as "domainChecks",
       a.attnotnull or t.typnotnull as "notNull",
       pg_catalog.pg_get_expr(f.adbin, f.adrelid) as "default",
       case a.attgenerated when 's' then 'stored' when 'v' then 'virtual' else '' end as generated,
       case a.attidentity when 'a' then 'always' when 'd' then 'by default' else '' end as identity,
       l.collname::text as collation, coalesce(l.collisdeterministic, true) as "collationDeterministic",
       case when a.attacl is null then '[]' else (
         select coalesce(json_agg(json_build_object('grantee', x.grantee::bigint, 'privilege', x.privilege_type)), '[]')
         from pg_catalog.aclexplode(a.attacl) x) end as grants
     from pg_catalog.pg_attribute a
     join pg_catalog.pg_class c on c.oid = a.attrelid
     join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     join pg_catalog.pg_type t on t.oid = a.atttypid
     join pg_catalog.pg_type b on b.oid = coalesce((select base.base from base where base.oid = t.oid), t.oid)
     left join pg_catalog.pg_attrdef f on f.adrelid = a.attrelid and f.adnum = a.attnum
     left join pg_catalog.pg_collation l on l.oid = a.attcollation
     where a.attnum > 0 and not a.attisdropped and c.relkind in ('r', 'p', 'v', 'm', 'f')
       and ${ownSchema("n.nspname")}
     order by a.attrelid, a.attnum`,
  );
}
