import type { Expression, Place } from "./model.js";

export interface Column {
  name: string;
  /** As `uuid`, `varchar(36)`. */
  type: string;
  notNull: boolean;
  /** What a row gets that does not say. */
  default: { readonly expression: Expression; readonly place: Place } | undefined;
  /** An earlier type, where it was changed. */
  changedFrom: string | undefined;
  place: Place;
}

/** What must be unique. Expressions stand in `columns` as `(…)`. */
export interface Key {
  readonly kind: "primary" | "unique" | "exclusion";
  columns: string[];
  readonly place: Place;
}

/** `a` none, `r` restrict, `c` cascade, `n` set null, `d` set default: as PostgreSQL's catalogs write it. */
export interface ForeignKey {
  columns: string[];
  target: string;
  /** Empty: the target's primary key. */
  targetColumns: string[];
  readonly onDelete: string;
  readonly onUpdate: string;
  /** ON DELETE SET NULL (…); empty: all of them. */
  readonly setColumns: readonly string[];
  readonly matchFull: boolean;
  validated: boolean;
  readonly place: Place;
}

export interface Policy {
  readonly permissive: boolean;
  /** `all`, `select`, `insert`, `update` or `delete`. */
  readonly command: string;
  roles: readonly string[];
  using: Expression | undefined;
  check: Expression | undefined;
  place: Place;
}

/** `place` is where it was last set. */
export interface Switch {
  on: boolean;
  place: Place | undefined;
}

export interface Table {
  name: string;
  readonly foreign: boolean;
  /** Whether its CREATE TABLE was read. Of a table that was only altered, nothing missing is judged. */
  readonly created: boolean;
  readonly columns: Map<string, Column>;
  readonly keys: Map<string, Key>;
  readonly foreignKeys: Map<string, ForeignKey>;
  /** CHECKs that are not validated yet. */
  readonly unvalidated: Map<string, Place>;
  /** `column is not null` CHECKs, by the constraint's name. */
  readonly notNullChecks: Map<string, string>;
  readonly policies: Map<string, Policy>;
  rowSecurity: Switch;
  forced: Switch;
  /** By trigger, `all` or `user`. */
  readonly triggersOff: Map<string, Place>;
  readonly rules: Map<string, Place>;
  /** Whether everything on it was revoked from everyone. */
  withheld: boolean;
  owner: { readonly role: string; readonly place: Place } | undefined;
  /** What tenantry.protect(), share() or restrict() made of it. */
  classified: "tenant" | "global" | "operator" | undefined;
  /** The table that it is a partition or child of. */
  parent: string | undefined;
  readonly place: Place;
}

export function newTable(name: string, place: Place, created: boolean, foreign = false): Table {
  return {
    name,
    foreign,
    created,
    columns: new Map(),
    keys: new Map(),
    foreignKeys: new Map(),
    unvalidated: new Map(),
    notNullChecks: new Map(),
    policies: new Map(),
    rowSecurity: { on: false, place: undefined },
    forced: { on: false, place: undefined },
    triggersOff: new Map(),
    rules: new Map(),
    withheld: false,
    owner: undefined,
    classified: undefined,
    parent: undefined,
    place,
  };
}
