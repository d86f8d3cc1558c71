import { rowsOf } from "../../database/migrations/client.js";
import { ownSchema, type Reader } from "./reader.js";
import type { Of } from "./read-relations.js";
import type { Constraint, Index } from "./relation.js";

const action = (column: string) =>
  `case ${column} when 'r' then 'restrict' when 'c' then 'cascade' when 'n' then 'set null'
     when 'd' then 'set default' else 'no action' end`;

export function readConstraints(client: Reader): Promise<readonly Of<Constraint>[]> {
  // `conenforced` and `confdelsetcols` are of PostgreSQL 18 and 15.
  return rowsOf<Of<Constraint>>(
    client,
    `select k.conrelid::bigint::float8 as relation, k.oid::bigint::float8 as oid, k.conname::text as name,
       case k.contype when 'p' then 'primary key' when 'u' then 'unique' when 'f' then 'foreign key'
         when 'c' then 'check' when 'x' then 'exclusion' when 'n' then 'not null' else 'trigger' end as kind,
       coalesce(k.conkey, '{}')::int[] as columns, k.convalidated as validated,
       coalesce((pg_catalog.to_jsonb(k) ->> 'conenforced')::boolean, true) as enforced,
       k.condeferrable as deferrable, k.condeferred as deferred,
       pg_catalog.pg_get_constraintdef(k.oid) as definition,
       case k.contype when 'c' then pg_catalog.pg_get_expr(k.conbin, k.conrelid) end as expression,
       k.conparentid <> 0 or k.coninhcount > 0 as inherited,
       exists (select from pg_catalog.pg_trigger t where t.tgconstraint = k.oid and t.tgisinternal
         and t.tgenabled in ('D', 'R')) as asleep,
       exists (select from pg_catalog.pg_depend d where d.refclassid = 'pg_catalog.pg_constraint'::regclass and d.refobjid = k.oid
         and d.classid in ('pg_catalog.pg_rewrite'::regclass, 'pg_catalog.pg_proc'::regclass)) as grouped,
       case k.contype when 'f' then json_build_object(
         'relation', k.confrelid::bigint, 'columns', k.confkey::int[],
         'onDelete', ${action("k.confdeltype")}, 'onUpdate', ${action("k.confupdtype")},
         'match', case k.confmatchtype when 'f' then 'full' when 'p' then 'partial' else 'simple' end,
         'setOnDelete', coalesce(nullif(pg_catalog.to_jsonb(k) -> 'confdelsetcols', 'null'), '[]')
       ) end as references
     from pg_catalog.pg_constraint k
     join pg_catalog.pg_class c on c.oid = k.conrelid
     join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     where ${ownSchema("n.nspname")}
     order by k.conrelid, k.conname`,
  );
}

export function readIndexes(client: Reader): Promise<readonly Of<Index>[]> {
  return rowsOf<Of<Index>>(
    client,
    `select i.indrelid::bigint::float8 as relation, i.indexrelid::bigint::float8 as oid,
       x.relname::text as name, i.indisunique as unique, i.indisprimary as primary,
       i.indisexclusion as exclusion, i.indisvalid as valid, m.amname::text as method,
       (i.indkey::int2[])[0:i.indnkeyatts - 1]::int[] as columns,
       coalesce((pg_catalog.to_jsonb(i) ->> 'indnullsnotdistinct')::boolean, false) as "nullsNotDistinct",
       pg_catalog.pg_get_expr(i.indpred, i.indrelid) as predicate,
       pg_catalog.pg_get_indexdef(i.indexrelid) as definition
     from pg_catalog.pg_index i
     join pg_catalog.pg_class x on x.oid = i.indexrelid
     join pg_catalog.pg_am m on m.oid = x.relam
     join pg_catalog.pg_class c on c.oid = i.indrelid
     join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     where ${ownSchema("n.nspname")}
     order by i.indrelid, x.relname`,
  );
}
