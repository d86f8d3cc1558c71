import { rowsOf } from "../../database/migrations/client.js";
import { ownSchema, type Reader } from "./reader.js";
import type { Of } from "./read-relations.js";
import type { Policy, Rule, Trigger } from "./relation.js";

export function readPolicies(client: Reader): Promise<readonly Of<Policy>[]> {
  return rowsOf<Of<Policy>>(
    client,
    `select p.polrelid::bigint::float8 as relation, p.polname::text as name,
       case p.polcmd when 'r' then 'SELECT' when 'a' then 'INSERT' when 'w' then 'UPDATE'
         when 'd' then 'DELETE' else 'ALL' end as command,
       p.polpermissive as permissive, p.polroles::bigint[]::float8[] as roles,
       pg_catalog.pg_get_expr(p.polqual, p.polrelid) as using,
       pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid) as check
     from pg_catalog.pg_policy p order by p.polrelid, p.polname`,
  );
}

export function readTriggers(client: Reader): Promise<readonly Of<Trigger>[]> {
  return rowsOf<Of<Trigger>>(
    client,
    `select t.tgrelid::bigint::float8 as relation, t.tgname::text as name,
       t.tgfoid::bigint::float8 as function,
       case t.tgenabled when 'D' then 'disabled' when 'R' then 'replica' when 'A' then 'always'
         else 'origin' end as enabled,
       t.tgconstraint <> 0 as constraint, t.tgdeferrable as deferrable, t.tginitdeferred as deferred,
       pg_catalog.pg_get_triggerdef(t.oid) as definition
     from pg_catalog.pg_trigger t where not t.tgisinternal order by t.tgrelid, t.tgname`,
  );
}

export function readRules(client: Reader): Promise<readonly Of<Rule>[]> {
  return rowsOf<Of<Rule>>(
    client,
    `select r.ev_class::bigint::float8 as relation, r.rulename::text as name,
       case r.ev_type when '1' then 'SELECT' when '2' then 'UPDATE' when '3' then 'INSERT'
         else 'DELETE' end as event,
       r.is_instead as instead,
       case r.ev_enabled when 'D' then 'disabled' when 'R' then 'replica' when 'A' then 'always'
         else 'origin' end as enabled,
       pg_catalog.pg_get_ruledef(r.oid) as definition,
       ${used("pg_class")} as relations, ${used("pg_proc")} as functions
     from pg_catalog.pg_rewrite r
     join pg_catalog.pg_class c on c.oid = r.ev_class
     join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     where ${ownSchema("n.nspname")}
     order by r.ev_class, r.rulename`,
  );
}

const used = (kind: string) =>
  `(select coalesce(json_agg(distinct d.refobjid::bigint), '[]') from pg_catalog.pg_depend d
    where d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass and d.objid = r.oid
      and d.refclassid = 'pg_catalog.${kind}'::pg_catalog.regclass and d.refobjid <> r.ev_class)`;
