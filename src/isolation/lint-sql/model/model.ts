import type { Node } from "../../sql/parse.js";
import type { Table } from "./table.js";

export interface Place {
  readonly file: string;
  readonly line: number;
}

export interface View {
  readonly name: string;
  readonly materialized: boolean;
  /** Tables and views that it reads, with their schemas. */
  reads: Set<string>;
  invoker: boolean;
  barrier: boolean;
  /** What an earlier definition of it had, and CREATE OR REPLACE VIEW took away. */
  lost: Set<"security_invoker" | "security_barrier">;
  place: Place;
}

export interface SqlFunction {
  readonly name: string;
  /** The types of its arguments, as the statements name them. */
  readonly signature: string;
  definer: boolean;
  immutable: boolean;
  readonly isTrigger: boolean;
  /** Undefined: the caller's. */
  searchPath: readonly string[] | undefined;
  /** As `p_org uuid`, or the type alone. */
  readonly parameters: readonly string[];
  readonly language: string;
  readonly body: string;
  /** CREATE FUNCTION as it is written. */
  readonly statement: string;
  /** Written as BEGIN ATOMIC or RETURN. */
  readonly bound: boolean;
  /** Those that may execute it beside its owner; PUBLIC from the start. */
  executors: Set<string>;
  place: Place;
}

/** One privilege on one table. `public` stands for everyone. */
export interface Grant {
  table: string;
  readonly grantee: string;
  readonly privilege: string;
  readonly place: Place;
  readonly broad: boolean;
}

export interface BroadGrant {
  readonly schema: string;
  readonly grantee: string;
  readonly privileges: readonly string[];
  readonly place: Place;
}

export interface Role {
  /** Of superuser, bypassrls, replication and createrole those that it has. */
  readonly powers: Map<string, Place>;
  readonly memberOf: Map<string, Place>;
  /** Settings that every session of it begins with. */
  readonly settings: Map<string, Place>;
}

export interface Unread {
  readonly kind: "statement" | "meta" | "dynamic";
  readonly problem: string;
  readonly text: string;
  /** Of `dynamic`: what it is put together from, and the tables that there were. */
  readonly dynamic?: { readonly runs: string; readonly tables: ReadonlySet<Table> };
  readonly place: Place;
}

/** What happened on the way and no later statement can mend. */
export interface Happening {
  readonly kind: "set-role" | "set-session" | "replica-mode";
  readonly what: string;
  readonly place: Place;
}

/** The database as it stands after the statements read so far; names are `schema.name`. */
export interface Model {
  readonly tables: Map<string, Table>;
  readonly views: Map<string, View>;
  readonly functions: Map<string, SqlFunction>;
  grants: Grant[];
  broadGrants: BroadGrant[];
  /** ALTER DEFAULT PRIVILEGES … GRANT … ON TABLES. */
  defaultGrants: BroadGrant[];
  /** Schemas (or `*`) whose new functions PUBLIC may not execute. */
  readonly closedToPublic: Set<string>;
  readonly roles: Map<string, Role>;
  readonly databaseSettings: Map<string, Place>;
  readonly publications: Map<string, { readonly everything: string; readonly place: Place }>;
  readonly unread: Unread[];
  happenings: Happening[];
  /** Whether a statement used tenantry.protect() or one of its kin. */
  usesTenantry: boolean;
}

export function emptyModel(): Model {
  return {
    tables: new Map(),
    views: new Map(),
    functions: new Map(),
    grants: [],
    broadGrants: [],
    defaultGrants: [],
    closedToPublic: new Set(),
    roles: new Map(),
    databaseSettings: new Map(),
    publications: new Map(),
    unread: [],
    happenings: [],
    usesTenantry: false,
  };
}

/** SQL that only a server can put together; one note for all rounds of a loop. */
export function noteDynamic(
  { unread, tables }: Model,
  { runs, ...note }: Pick<Unread, "problem" | "text" | "place"> & { readonly runs: string },
): void {
  const isNoted = unread.some(
    ({ problem, place, dynamic }) =>
      problem === note.problem &&
      place.file === note.place.file &&
      place.line === note.place.line &&
      dynamic?.tables.size === tables.size,
  );
  if (isNoted) return;
  unread.push({ kind: "dynamic", ...note, dynamic: { runs, tables: new Set(tables.values()) } });
}

export function roleOf(model: Model, name: string): Role {
  const known = model.roles.get(name);
  if (known !== undefined) return known;
  const role: Role = { powers: new Map(), memberOf: new Map(), settings: new Map() };
  model.roles.set(name, role);
  return role;
}

export type Expression = Node;
