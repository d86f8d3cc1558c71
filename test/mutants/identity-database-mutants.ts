/** A fault of identity's part of the database, and the probe of identity-database-probes.ts that must notice. */
export interface IdentityDatabaseMutant {
  readonly name: string;
  /** Run by a superuser. */
  readonly sql: string;
  readonly killedBy: string;
}

/** With row security: what an account is in a tenant. */
export const tenantTables = [
  "tenant_role",
  "membership",
  "tenant_authority",
  "invitation",
  "api_key",
  "tenant_grant",
  "identity_event",
];

const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;

/** A function with something else in its body, where that is there still. */
const body = (signature: string, find: string, replacement: string) => `do $do$
  declare
    was constant text := pg_get_functiondef('tenantry.${signature}'::regprocedure);
  begin
    if position(${quoted(find)} in was) = 0 then
      raise exception 'the mutant no longer fits';
    end if;
    execute replace(was, ${quoted(find)}, ${quoted(replacement)});
  end $do$`;

/** A trigger that is made anew, otherwise. */
const trigger = (name: string, table: string, when: string, what: string) =>
  `drop trigger ${name} on tenantry.${table};
   create trigger ${name} ${when} on tenantry.${table} for each row execute function tenantry.${what}()`;

const everywhere = (text: string) =>
  tenantTables.map((table) => text.replaceAll("%table", `tenantry.${table}`)).join(";");

const noFloor = everywhere("drop policy tenantry_floor on %table");
const lax = everywhere("alter policy tenantry_identity on %table using (true) with check (true)");

/** One of two layers missing: the other holds. */
export const layersMissing = [
  ["the floor is gone from identity's tables", noFloor],
  ["the identity role's policy lets everything through", lax],
] as const;

const keeps = "a-tenant-keeps-an-owner";
const versions = "versions-grow";
const announced = "changes-are-announced";
const picker = "the-picker-knows";
const held = "identity-is-held-to-its-tenant";
const rights = "each-role-has-its-rights";

const keep = (find: string, replacement: string) => body("keep_an_owner()", find, replacement);
const announce = (find: string, replacement: string) =>
  body("announce_authority()", find, replacement);

const list: readonly (readonly [name: string, sql: string, killedBy: string])[] = [
  ["nothing keeps an owner", "drop trigger keep_an_owner on tenantry.membership", keeps],
  [
    "an owner is kept when a role changes, and no more",
    keep("and old.status = 'active' then", "and new.role <> 'owner' then"),
    keeps,
  ],
  [
    "an owner is kept when one leaves, and no more",
    keep("and old.status = 'active' then", "and new.status = 'removed' then"),
    keeps,
  ],
  [
    "an owner is kept when one is demoted or leaves, and no more",
    keep("and old.status = 'active' then", "and new.status <> 'suspended' then"),
    keeps,
  ],
  [
    "a suspended owner counts",
    keep("m.role = 'owner' and m.status = 'active'", "m.role = 'owner'"),
    keeps,
  ],
  [
    "any active member counts as an owner",
    keep("m.role = 'owner' and m.status = 'active'", "m.status = 'active'"),
    keeps,
  ],
  [
    "owners leave at once",
    keep(
      "perform pg_advisory_xact_lock(hashtextextended('tenantry owner ' || old.tenant_id, 0));",
      "",
    ),
    "owners-leave-one-after-the-other",
  ],
  [
    "an owner is asked for before the end",
    `drop trigger keep_an_owner on tenantry.membership;
     create constraint trigger keep_an_owner after update on tenantry.membership
       deferrable initially immediate for each row execute function tenantry.keep_an_owner()`,
    "an-owner-hands-over",
  ],
  [
    "an owner is counted in an old snapshot",
    keep("<> 'read committed'", "= 'none'"),
    "no-owner-is-counted-in-the-past",
  ],
  [
    "a membership's version stays",
    trigger("stamp", "membership", "before insert", "stamp_authority"),
    versions,
  ],
  [
    "a tenant's version stays",
    trigger("stamp", "tenant_authority", "before insert", "stamp_authority"),
    versions,
  ],
  [
    "who writes chooses the version",
    body(
      "stamp_authority()",
      "new.version := nextval('tenantry.authority_version');",
      "if tg_op = 'INSERT' then new.version := nextval('tenantry.authority_version'); end if;",
    ),
    versions,
  ],
  [
    "who writes chooses the time",
    body("stamp_authority()", "new.updated_at := clock_timestamp();", ""),
    versions,
  ],
  [
    "a change of a membership is not announced",
    trigger("announce", "membership", "after insert", "announce_authority"),
    announced,
  ],
  [
    "a change of a tenant's authority is not announced",
    "drop trigger announce on tenantry.tenant_authority",
    announced,
  ],
  [
    "a change of one member is announced for all",
    announce("to_jsonb(new) ->> 'account_id'", "'*'"),
    announced,
  ],
  ["an announcement says no version", announce("|| ':' || new.version", "|| ':' || 0"), announced],
  [
    "an announcement is not signed",
    body("announce(text,text,text,text)", "coalesce(signature, '')", "''"),
    announced,
  ],
  ["an announcement passes for another kind's", announce("'authority', ", "'notify', "), announced],
  [
    "the picker does not know of new members",
    trigger("index_membership", "membership", "after update", "index_membership"),
    picker,
  ],
  [
    "the picker does not know of changes",
    trigger("index_membership", "membership", "after insert", "index_membership"),
    picker,
  ],
  [
    "the picker keeps what was",
    body(
      "index_membership()",
      "do update set role = excluded.role, status = excluded.status",
      "do nothing",
    ),
    picker,
  ],
  ["neither layer holds the identity role", `${noFloor}; ${lax}`, held],
  [
    "row security is off on identity's tables",
    everywhere("alter table %table disable row level security"),
    held,
  ],
  ["the app reads accounts", "grant select on tenantry.account to tenantry_app", rights],
  [
    "the app reads one column of sessions",
    "grant select (token_hash) on tenantry.session to tenantry_app",
    rights,
  ],
  ["the app writes memberships", "grant update on tenantry.membership to tenantry_app", rights],
  [
    "the app writes one column of memberships",
    "grant update (role) on tenantry.membership to tenantry_app",
    rights,
  ],
  ["the app reads grants", "grant select on tenantry.tenant_grant to tenantry_app", rights],
  ["the app reads keys", "grant select on tenantry.api_key to tenantry_app", rights],
  [
    "the app reads the picker's list",
    "grant select on tenantry.account_tenant to tenantry_app",
    rights,
  ],
  ["the app writes events", "grant insert on tenantry.identity_event to tenantry_app", rights],
  ["operators read accounts", "grant select on tenantry.account to tenantry_operator", rights],
  [
    "operators write memberships",
    "grant insert on tenantry.membership to tenantry_operator",
    rights,
  ],
  ["everybody reads signing keys", "grant select on tenantry.signing_key to public", rights],
  ["identity deletes accounts", "grant delete on tenantry.account to tenantry_identity", rights],
  [
    "identity deletes memberships",
    "grant delete on tenantry.membership to tenantry_identity",
    rights,
  ],
  [
    "identity changes events",
    "grant update on tenantry.identity_event to tenantry_identity",
    rights,
  ],
  [
    "identity deletes events of accounts",
    "grant delete on tenantry.account_event to tenantry_identity",
    rights,
  ],
  [
    "identity writes the picker's list",
    "grant insert on tenantry.account_tenant to tenantry_identity",
    rights,
  ],
  [
    "everybody announces",
    "grant execute on function tenantry.announce(text, text, text, text) to public",
    rights,
  ],
];

export const identityDatabaseMutants: readonly IdentityDatabaseMutant[] = list.map(
  ([name, sql, killedBy]) => ({ name, sql, killedBy }),
);
