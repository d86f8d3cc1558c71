import type { Node } from "../sql/parse.js";
import type { DatabaseFunction } from "./functions.js";
import type { Relation } from "./relation.js";
import type { Membership, Role } from "./roles.js";

/** What the catalogs of one database say at one moment: plain data, read once, asked many times. */
export interface Catalog {
  readonly server: Server;
  readonly roles: ReadonlyMap<Oid, Role>;
  readonly memberships: readonly Membership[];
  readonly schemas: readonly Schema[];
  /** Of every schema but the system's own; temporary ones are left out. */
  readonly relations: ReadonlyMap<Oid, Relation>;
  /** Those that users made, and those of extensions; not the system's own. */
  readonly functions: ReadonlyMap<Oid, DatabaseFunction>;
  readonly roleSettings: readonly RoleSetting[];
  readonly defaultPrivileges: readonly DefaultPrivilege[];
  readonly publications: readonly Publication[];
  readonly extensions: readonly { readonly name: string; readonly version: string }[];
  readonly languages: readonly Language[];
  readonly eventTriggers: readonly { readonly name: string; readonly enabled: boolean }[];
  /** Settings that a role other than a superuser may change by a grant (PostgreSQL 15 and later). */
  readonly settingGrants: readonly { readonly setting: string; readonly grantee: Oid }[];
  readonly foreignServers: readonly ForeignServer[];
  readonly largeObjects: readonly LargeObjects[];
  /** Expressions that are parsed already, by what stands for their text: those of migrations. */
  readonly expressions?: ReadonlyMap<string, Node>;
}

/** As PostgreSQL's own: it fits into a number. 0 as a grantee is PUBLIC. */
export type Oid = number;
export const everyone: Oid = 0;

export interface Server {
  /** As `18.4`. */
  readonly version: string;
  /** As `180004`. */
  readonly number: number;
  readonly database: string;
  readonly databaseOwner: Oid;
  /** Who may do what with the database, as CREATE, CONNECT, TEMPORARY. */
  readonly databaseGrants: readonly Grant[];
  /** The role that read this. */
  readonly currentRole: string;
  /** Of all settings that tell something here: name → value. */
  readonly settings: Readonly<Record<string, string>>;
  /** Databases beside this one; templates are not counted. */
  readonly otherDatabases: number;
}

/** One privilege of one grantee. Without explicit grants these are PostgreSQL's defaults, the owner's included. */
export interface Grant {
  readonly grantee: Oid;
  /** As `SELECT`, `TRUNCATE`, `EXECUTE`. */
  readonly privilege: string;
}

export interface Schema {
  readonly oid: Oid;
  readonly name: string;
  readonly owner: Oid;
  readonly grants: readonly Grant[];
}

/** `ALTER ROLE … IN DATABASE … SET`: 0 stands for every role, or every database. */
export interface RoleSetting {
  readonly role: Oid;
  readonly everyDatabase: boolean;
  readonly name: string;
  readonly value: string;
}

export interface DefaultPrivilege {
  /** Whose new objects. */
  readonly creator: Oid;
  /** Null: in every schema. */
  readonly schema: string | null;
  /** As in pg_default_acl: `r` relations, `S` sequences, `f` functions, `T` types, `n` schemas. */
  readonly kind: string;
  readonly grants: readonly Grant[];
}

export interface Publication {
  readonly name: string;
  readonly owner: Oid;
  readonly allTables: boolean;
  readonly tables: readonly {
    readonly relation: Oid;
    /** The row filter, as SQL. */
    readonly filter: string | null;
  }[];
  /** Whole schemas, by name. */
  readonly schemas: readonly string[];
}

/** All large objects of one owner with the same grants. */
export interface LargeObjects {
  readonly owner: Oid;
  readonly grants: readonly Grant[];
  readonly count: number;
}

export interface Language {
  readonly name: string;
  readonly trusted: boolean;
  readonly grants: readonly Grant[];
}

export interface ForeignServer {
  readonly name: string;
  readonly wrapper: string;
  readonly owner: Oid;
  readonly grants: readonly Grant[];
  /** Who has a user mapping; 0 is everybody. */
  readonly mappedTo: readonly Oid[];
}
