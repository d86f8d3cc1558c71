import { rowsOf } from "../../database/migrations/client.js";
import type { Oid } from "./catalog.js";
import type { DatabaseFunction } from "./functions.js";
import { extensionOf, grantsOf, ownSchema, type Reader } from "./reader.js";

export async function readFunctions(client: Reader): Promise<ReadonlyMap<Oid, DatabaseFunction>> {
  const functions = await rowsOf<DatabaseFunction>(
    client,
    `select p.oid::bigint::float8 as oid, n.nspname::text as schema, p.proname::text as name,
       pg_catalog.pg_get_function_identity_arguments(p.oid) as arguments,
       p.pronargs::int as "argumentCount",
       pg_catalog.format_type(p.prorettype, null) as returns,
       case p.prokind when 'f' then 'function' when 'p' then 'procedure' when 'a' then 'aggregate'
         else 'window' end as kind,
       l.lanname::text as language, p.proowner::bigint::float8 as owner,
       p.prosecdef as "securityDefiner", p.proleakproof as leakproof,
       case p.provolatile when 'i' then 'immutable' when 's' then 'stable' else 'volatile' end as volatility,
       coalesce(p.proconfig, '{}') as settings,
       coalesce(nullif(p.prosrc, ''), pg_catalog.pg_get_functiondef(p.oid)) as source,
       case when l.lanname = 'plpgsql' then pg_catalog.pg_get_functiondef(p.oid) end as declaration,
       pg_catalog.to_jsonb(p) ->> 'prosqlbody' is not null as "boundBody",
       ${grantsOf("p.proacl", "'f'", "p.proowner")} as grants,
       ${extensionOf("pg_proc", "p.oid")} as extension
     from pg_catalog.pg_proc p
     join pg_catalog.pg_namespace n on n.oid = p.pronamespace
     join pg_catalog.pg_language l on l.oid = p.prolang
     where ${ownSchema("n.nspname")}`,
  );
  return new Map(functions.map((each) => [each.oid, each]));
}
