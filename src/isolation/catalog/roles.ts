import type { Oid } from "./catalog.js";

export interface Role {
  readonly oid: Oid;
  readonly name: string;
  readonly superuser: boolean;
  readonly bypassRowSecurity: boolean;
  readonly createRole: boolean;
  readonly createDatabase: boolean;
  readonly replication: boolean;
  readonly login: boolean;
  /** Whether it has its groups' rights without SET ROLE; before PostgreSQL 16 the role's, then the grant's own. */
  readonly inherit: boolean;
  /** PostgreSQL's own, as pg_read_all_data. */
  readonly predefined: boolean;
}

/** `member` is in `role`. */
export interface Membership {
  readonly role: Oid;
  readonly member: Oid;
  /** Has its rights without further ado. */
  readonly inherit: boolean;
  /** May SET ROLE to it. */
  readonly set: boolean;
  /** May grant it on. */
  readonly admin: boolean;
}
