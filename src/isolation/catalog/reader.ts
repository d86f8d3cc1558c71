import type { MigrationClient } from "../../database/migrations/client.js";

/** One connection. */
export type Reader = MigrationClient;

/** Schemas that are the system's own, for `nspname`. */
export const ownSchema = (column: string) =>
  `(${column} !~ '^pg_' and ${column} <> 'information_schema')`;

/**
 * A list of grants as JSON: `[{"grantee": 0, "privilege": "SELECT"}]`.
 * @param kind as acldefault() takes it
 */
export const grantsOf = (acl: string, kind: string, owner: string) =>
  `(select coalesce(json_agg(json_build_object('grantee', a.grantee::bigint, 'privilege', a.privilege_type)), '[]')
    from pg_catalog.aclexplode(coalesce(${acl}, pg_catalog.acldefault(${kind}, ${owner}))) a)`;

/** The name of the extension that made an object. */
export const extensionOf = (catalogName: string, oid: string) =>
  `(select e.extname::text from pg_catalog.pg_depend d join pg_catalog.pg_extension e on e.oid = d.refobjid
    where d.classid = 'pg_catalog.${catalogName}'::pg_catalog.regclass and d.objid = ${oid}
      and d.deptype = 'e' limit 1)`;
