export interface Reader {
  query(text: string, values?: unknown[]): Promise<{ readonly rows: readonly unknown[] }>;
}

export interface CatalogCheck {
  /** Gives one row with a `name` per problem. */
  readonly text: string;
  readonly problem: (name: string) => string;
}

const rolesOfLogins = ["tenantry_app", "tenantry_operator", "tenantry_identity"] as const;
export type LoginRole = (typeof rolesOfLogins)[number];

/** What a login of the one role must not be able to do, apart from the tables. */
const loginChecks = (own: LoginRole): readonly CatalogCheck[] => [
  {
    text: `select r.rolname as name from pg_catalog.pg_roles r
      where (r.rolsuper or r.rolbypassrls or r.rolreplication or r.rolcreaterole)
        and pg_catalog.pg_has_role(session_user, r.oid, 'MEMBER')
        and (r.rolname = session_user or not (select rolsuper from pg_catalog.pg_roles where rolname = session_user))`,
    problem: (name) =>
      `this login reaches the role ${name}, which has SUPERUSER, BYPASSRLS, REPLICATION or CREATEROLE: use a login that is only a member of ${own}`,
  },
  {
    text: `select r.rolname as name from pg_catalog.pg_roles r
      where r.rolname in ('tenantry_owner', ${others(own)})
        and pg_catalog.pg_has_role(session_user, r.oid, 'MEMBER')
        and not (select rolsuper from pg_catalog.pg_roles where rolname = session_user)`,
    problem: (name) => `this login is a member of ${name}: revoke ${name} from it`,
  },
  {
    text: `select pg_catalog.current_database()::text as name
      where pg_catalog.has_database_privilege(pg_catalog.current_database(), 'TEMP')`,
    problem: (name) =>
      `this login may create temporary tables, which shadow real ones for the next tenant: revoke temporary on database ${name} from public`,
  },
  {
    text: `select nspname::text as name from pg_catalog.pg_namespace
      where nspname not like 'pg\\_%' and pg_catalog.has_schema_privilege(oid, 'CREATE')`,
    problem: (name) =>
      `this login may create objects in schema ${name}: revoke create on schema ${name} from it and from public`,
  },
];

/** Quoted for SQL; they are names of ours. */
const others = (own: LoginRole): string =>
  rolesOfLogins
    .filter((role) => role !== own)
    .map((role) => `'${role}'`)
    .join(", ");

/** Everything that is wrong with a login that should be a member of `own` and of nothing else. */
export async function loginProblems(reader: Reader, own: LoginRole): Promise<string[]> {
  const problems = await found(reader, loginChecks(own));
  if (await isMember(reader, own)) return problems;
  return [
    ...problems,
    `this login is not a member of ${own}: run \`tenantry migrate\`, then grant ${own} to it`,
  ];
}

export async function found(reader: Reader, checks: readonly CatalogCheck[]): Promise<string[]> {
  const problems: string[] = [];
  for (const { text, problem } of checks) {
    const { rows } = await reader.query(text);
    for (const row of rows) problems.push(problem((row as { name: string }).name));
  }
  return problems;
}

export async function isMember(reader: Reader, role: LoginRole): Promise<boolean> {
  const { rows } = await reader.query(
    `select from pg_catalog.pg_roles
     where rolname = $1 and pg_catalog.pg_has_role(session_user, oid, 'MEMBER')`,
    [role],
  );
  return rows.length > 0;
}
