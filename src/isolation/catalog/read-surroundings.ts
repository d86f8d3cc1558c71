import { rowsOf } from "../../database/migrations/client.js";
import type { Catalog, Server } from "./catalog.js";
import { grantsOf, ownSchema, type Reader } from "./reader.js";

type Surroundings = Pick<
  Catalog,
  | "schemas"
  | "roleSettings"
  | "defaultPrivileges"
  | "publications"
  | "extensions"
  | "languages"
  | "eventTriggers"
  | "settingGrants"
  | "foreignServers"
  | "largeObjects"
>;

/** What stands around the tables, a query for each. */
export async function readSurroundings(client: Reader, server: Server): Promise<Surroundings> {
  const read = <Row>(text: string) => rowsOf<Row>(client, text);
  return {
    schemas: await read(
      `select n.oid::bigint::float8 as oid, n.nspname::text as name, n.nspowner::bigint::float8 as owner,
         ${grantsOf("n.nspacl", "'n'", "n.nspowner")} as grants
       from pg_catalog.pg_namespace n where ${ownSchema("n.nspname")}`,
    ),
    roleSettings: await read(
      `select s.setrole::bigint::float8 as role, s.setdatabase = 0 as "everyDatabase",
         pg_catalog.split_part(c, '=', 1) as name,
         pg_catalog.substr(c, pg_catalog.strpos(c, '=') + 1) as value
       from pg_catalog.pg_db_role_setting s, pg_catalog.unnest(s.setconfig) c
       where s.setdatabase = 0 or s.setdatabase =
         (select oid from pg_catalog.pg_database where datname = pg_catalog.current_database())`,
    ),
    defaultPrivileges: await read(
      `select d.defaclrole::bigint::float8 as creator, n.nspname::text as schema,
         d.defaclobjtype::text as kind, ${grantsOf("d.defaclacl", "d.defaclobjtype", "d.defaclrole")} as grants
       from pg_catalog.pg_default_acl d left join pg_catalog.pg_namespace n on n.oid = d.defaclnamespace`,
    ),
    publications: await read(publications(server.number)),
    extensions: await read(
      "select extname::text as name, extversion as version from pg_catalog.pg_extension order by 1",
    ),
    languages: await read(
      `select l.lanname::text as name, l.lanpltrusted as trusted,
         ${grantsOf("l.lanacl", "'l'", "l.lanowner")} as grants
       from pg_catalog.pg_language l where l.lanispl`,
    ),
    eventTriggers: await read(
      "select evtname::text as name, evtenabled <> 'D' as enabled from pg_catalog.pg_event_trigger",
    ),
    settingGrants: server.number < 150_000 ? [] : await read(settingGrants),
    foreignServers: await read(
      `select s.srvname::text as name, w.fdwname::text as wrapper, s.srvowner::bigint::float8 as owner,
         ${grantsOf("s.srvacl", "'S'", "s.srvowner")} as grants,
         (select coalesce(json_agg(u.umuser::bigint), '[]') from pg_catalog.pg_user_mappings u
          where u.srvid = s.oid) as "mappedTo"
       from pg_catalog.pg_foreign_server s
       join pg_catalog.pg_foreign_data_wrapper w on w.oid = s.srvfdw`,
    ),
    largeObjects: await read(
      `select o.owner::bigint::float8 as owner, o.count,
         ${grantsOf("o.acl::pg_catalog.aclitem[]", "'L'", "o.owner")} as grants
       from (select lomowner as owner, lomacl::text as acl, pg_catalog.count(*)::int as count
         from pg_catalog.pg_largeobject_metadata group by 1, 2) o`,
    ),
  };
}

// Row filters and whole schemas came with PostgreSQL 15.
const publications = (serverNumber: number) => {
  const isNew = serverNumber >= 150_000;
  const filter = isNew ? "pg_catalog.pg_get_expr(r.prqual, r.prrelid)" : "null::text";
  const schemas = isNew
    ? `(select coalesce(json_agg(n.nspname), '[]') from pg_catalog.pg_publication_namespace s
        join pg_catalog.pg_namespace n on n.oid = s.pnnspid where s.pnpubid = p.oid)`
    : "'[]'::json";
  return `select p.pubname::text as name, p.pubowner::bigint::float8 as owner,
      p.puballtables as "allTables", ${schemas} as schemas,
      (select coalesce(json_agg(json_build_object('relation', r.prrelid::bigint, 'filter', ${filter})), '[]')
       from pg_catalog.pg_publication_rel r where r.prpubid = p.oid) as tables
    from pg_catalog.pg_publication p`;
};

const settingGrants = `select a.parname as setting, x.grantee::bigint::float8 as grantee
  from pg_catalog.pg_parameter_acl a, pg_catalog.aclexplode(a.paracl) x
  where x.privilege_type = 'SET'`;
