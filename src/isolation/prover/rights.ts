import type { Oid } from "../catalog/catalog.js";
import { literal } from "../catalog/names.js";
import type { Role } from "../catalog/roles.js";
import type { Stage } from "./stage.js";

/** What the server says that a role may do with a relation, through whatever group. */
export interface Rights {
  readonly select: boolean;
  readonly insert: boolean;
  readonly update: boolean;
  readonly delete: boolean;
  readonly truncate: boolean;
  readonly trigger: boolean;
  readonly references: boolean;
  /** MAINTAIN came with PostgreSQL 17. */
  readonly maintain: boolean;
  /** Whether it has the owner's rights, or may take them. */
  readonly owner: boolean;
  /** Columns that it may read, write when inserting, or update. */
  readonly readable: ReadonlySet<string>;
  readonly insertable: ReadonlySet<string>;
  readonly updatable: ReadonlySet<string>;
}

/** Of a relation that it may not even reach. */
export const noRights: Rights = {
  select: false,
  insert: false,
  update: false,
  delete: false,
  truncate: false,
  trigger: false,
  references: false,
  maintain: false,
  owner: false,
  readable: new Set(),
  insertable: new Set(),
  updatable: new Set(),
};

export type AllRights = (relation: Oid) => Rights;

/** Asks the server once for everything, as the catalogs are at this moment. */
export async function readRights(
  stage: Stage,
  role: Role,
  serverNumber: number,
): Promise<AllRights> {
  const name = literal(role.name);
  const has = (privilege: string) =>
    `pg_catalog.has_table_privilege(${name}, c.oid, '${privilege}')`;
  const columnsWith = (privilege: string) => `(
    select coalesce(pg_catalog.json_agg(a.attname), '[]') from pg_catalog.pg_attribute a
    where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      and pg_catalog.has_column_privilege(${name}, c.oid, a.attnum, '${privilege}'))`;
  const rows = await stage.asProver(
    `select c.oid::bigint::text as oid, pg_catalog.json_build_object(
       'truncate', ${has("TRUNCATE")}, 'trigger', ${has("TRIGGER")}, 'references', ${has("REFERENCES")},
       'delete', ${has("DELETE")}, 'maintain', ${serverNumber >= 170_000 ? has("MAINTAIN") : "false"},
       'owner', pg_catalog.pg_has_role(${name}, c.relowner, 'MEMBER'),
       'readable', ${columnsWith("SELECT")}, 'insertable', ${columnsWith("INSERT")},
       'updatable', ${columnsWith("UPDATE")})::text as rights
     from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
       and pg_catalog.has_schema_privilege(${name}, n.oid, 'USAGE')`,
  );
  const rights = new Map(rows.map(({ oid, rights }) => [Number(oid), parse(rights!)]));
  return (relation) => rights.get(relation) ?? noRights;
}

function parse(text: string): Rights {
  const { readable, insertable, updatable, ...rest } = JSON.parse(text) as Omit<
    Rights,
    "select" | "insert" | "update" | "readable" | "insertable" | "updatable"
  > & { readable: string[]; insertable: string[]; updatable: string[] };
  return {
    ...rest,
    select: readable.length > 0,
    insert: insertable.length > 0,
    update: updatable.length > 0,
    readable: new Set(readable),
    insertable: new Set(insertable),
    updatable: new Set(updatable),
  };
}
