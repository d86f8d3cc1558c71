import { rowsOf } from "../../database/migrations/client.js";
import type { Oid } from "./catalog.js";
import { readConstraints, readIndexes } from "./read-keys.js";
import { readColumns } from "./read-columns.js";
import { readPolicies, readRules, readTriggers } from "./read-behaviour.js";
import { extensionOf, grantsOf, ownSchema, type Reader } from "./reader.js";
import type { Relation } from "./relation.js";

type Bare = Omit<
  Relation,
  "columns" | "constraints" | "indexes" | "policies" | "triggers" | "rules"
>;

/** What belongs to a relation, as the queries of it give it: with the relation's oid beside it. */
export type Of<T> = T & { readonly relation: Oid };

export async function readRelations(client: Reader): Promise<ReadonlyMap<Oid, Relation>> {
  const relations = await readBare(client);
  const columns = groupByRelation(await readColumns(client));
  const constraints = groupByRelation(await readConstraints(client));
  const indexes = groupByRelation(await readIndexes(client));
  const policies = groupByRelation(await readPolicies(client));
  const triggers = groupByRelation(await readTriggers(client));
  const rules = groupByRelation(await readRules(client));
  return new Map(
    relations.map((relation) => [
      relation.oid,
      {
        ...relation,
        columns: columns(relation.oid),
        constraints: constraints(relation.oid),
        indexes: indexes(relation.oid),
        policies: policies(relation.oid),
        triggers: triggers(relation.oid),
        rules: rules(relation.oid),
      },
    ]),
  );
}

function readBare(client: Reader): Promise<readonly Bare[]> {
  return rowsOf<Bare>(
    client,
    `select c.oid::bigint::float8 as oid, n.nspname::text as schema, c.relname::text as name,
       case c.relkind when 'r' then 'table' when 'p' then 'partitioned table' when 'v' then 'view'
         when 'm' then 'materialized view' when 'f' then 'foreign table' else 'sequence' end as kind,
       c.relowner::bigint::float8 as owner,
       ${grantsOf("c.relacl", `(case c.relkind when 'S' then 's' else 'r' end)::"char"`, "c.relowner")} as grants,
       c.relrowsecurity as "rowSecurity", c.relforcerowsecurity as "forceRowSecurity",
       coalesce(c.reloptions, '{}') as options, c.relispartition as "isPartition",
       (select coalesce(json_agg(i.inhparent::bigint), '[]') from pg_catalog.pg_inherits i
        where i.inhrelid = c.oid) as parents,
       pg_catalog.pg_get_expr(c.relpartbound, c.oid) as "partitionBound",
       case c.relkind when 'p' then pg_catalog.pg_get_partkeydef(c.oid) end as "partitionKey",
       c.reltuples::float8 as "estimatedRows",
       ${extensionOf("pg_class", "c.oid")} as extension,
       case when c.relkind in ('v', 'm') then pg_catalog.pg_get_viewdef(c.oid) end as definition,
       case when c.relkind = 'v' then array_remove(array[
         case when pg_catalog.pg_relation_is_updatable(c.oid, true) & 8 > 0 then 'INSERT' end,
         case when pg_catalog.pg_relation_is_updatable(c.oid, true) & 4 > 0 then 'UPDATE' end,
         case when pg_catalog.pg_relation_is_updatable(c.oid, true) & 16 > 0 then 'DELETE' end], null)
         else '{}' end as accepts
     from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S') and ${ownSchema("n.nspname")}
     order by n.nspname, c.relname`,
  );
}

function groupByRelation<T>(rows: readonly Of<T>[]): (relation: Oid) => readonly T[] {
  const groups = new Map<Oid, T[]>();
  for (const row of rows) {
    const { relation, ...rest } = row;
    const group = groups.get(relation);
    if (group === undefined) groups.set(relation, [rest as T]);
    else group.push(rest as T);
  }
  return (relation) => groups.get(relation) ?? [];
}
