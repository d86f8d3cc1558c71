/** The database's guard with one thing wrong in it, and the attack that must then succeed. */
export interface Mutant {
  readonly name: string;
  /** Run by a superuser; `%login` is the app's own login. */
  readonly sql: string;
  /** The file of test/attacks, or a probe of its own. */
  readonly killedBy: string;
}

const genuine = `tenantry.seal_is_genuine(current_setting('tenantry.scope', true), k.inner_pad, k.outer_pad)`;
const live = `tenantry.seal_is_live(current_setting('tenantry.scope', true))`;
const claimed = `substr(current_setting('tenantry.scope', true), 24, 36)::uuid`;

/** current_tenant() with another body. */
const currentTenant = (
  body: string,
  options = "stable security definer set search_path = pg_catalog, pg_temp",
) =>
  `create or replace function tenantry.current_tenant() returns uuid language plpgsql ${options} as $$
    declare tenant uuid; begin ${body} end $$`;
const lookUp = (condition: string) => `select ${claimed} into tenant from tenantry.seal_key k
  where ${condition} limit 1;
  if tenant is null then return tenantry.refuse_scope(); end if;
  return tenant;`;

const floor = (
  using: string,
  { check = using, to = "public", kind = "restrictive", command = "all" } = {},
) =>
  ["note", "comment", "log", "log_1"]
    .map(
      (table) => `drop policy tenantry_floor on ${table};
        create policy tenantry_floor on ${table} as ${kind} for ${command} to ${to} using (${using})
        ${command === "select" ? "" : `with check (${check})`}`,
    )
    .join(";");
const trueFloor =
  "tenant_id = (select tenantry.current_tenant()) or tenantry.may_operate() and (select tenantry.operating())";
const everyTable = (change: string) =>
  ["note", "comment", "log", "log_1"].map((table) => `alter table ${table} ${change}`).join(";");
const claim = "tenant_id = (select tenantry.claimed_tenant())";
const everyPolicy = (name: string, change: string) =>
  ["note", "comment", "log", "log_1"]
    .map((table) => `alter policy ${name} on ${table} ${change}`)
    .join(";");

const lax = everyPolicy("tenantry_tenant", "using (true)");
const tells = "a-forged-seal-tells-whether-a-row-exists";

const flip = "a-union-changes-the-tenant-on-the-way";
const subselect = "a-subselect-changes-the-tenant-before-the-scan";
const union = "a-union-reads-the-whole-table";

export const mutants: readonly Mutant[] = [
  // Row security and who it holds for
  {
    name: "row security is off",
    sql: `${everyTable("disable row level security")}; alter policy tenantry_tenant on note using (true)`,
    killedBy: union,
  },
  {
    name: "row security is not forced, and the login reaches the owner",
    sql: `${everyTable("no force row level security")}; grant tenantry_owner to %login`,
    killedBy: union,
  },
  { name: "the login is above row security", sql: "alter role %login bypassrls", killedBy: union },
  { name: "the login is a superuser", sql: "alter role %login superuser", killedBy: union },
  {
    name: "the login is a superuser, seen by a condition that fails",
    sql: "alter role %login superuser",
    killedBy: "a-condition-fails-on-a-hidden-row",
  },
  {
    name: "the login is a member of the owner",
    sql: "grant tenantry_owner to %login",
    killedBy: "the-guard-is-altered",
  },
  {
    name: "the login is a member of the owner, seen by the key",
    sql: "grant tenantry_owner to %login",
    killedBy: "the-seal-key-is-read",
  },
  {
    name: "the login may become the owner, without inheriting",
    sql: "alter role %login noinherit; grant tenantry_app to %login; grant tenantry_owner to %login; grant usage on schema tenantry to %login",
    killedBy: "another-role-is-taken-on",
  },
  {
    name: "the login is a member of the operator role",
    sql: "grant tenantry_operator to %login",
    killedBy: "an-operators-seal-is-used-by-the-app",
  },
  {
    name: "the login owns a table",
    sql: "alter table note owner to %login",
    killedBy: "the-guard-is-altered",
  },

  // The policies
  {
    name: "the floor is gone",
    sql: "drop policy tenantry_floor on note",
    killedBy: "a-row-is-forged-for-another-tenant",
  },
  {
    name: "the floor holds for the operator role only",
    sql: floor(trueFloor, { to: "tenantry_operator" }),
    killedBy: "a-row-is-forged-for-another-tenant",
  },
  {
    name: "the floor is permissive",
    sql: floor(trueFloor, { kind: "permissive" }),
    killedBy: "a-row-is-forged-for-another-tenant",
  },
  {
    name: "the floor is always true",
    sql: floor("true"),
    killedBy: "a-row-is-forged-for-another-tenant",
  },
  {
    name: "the floor compares the column with itself",
    sql: floor("tenant_id = tenant_id"),
    killedBy: "a-row-is-forged-for-another-tenant",
  },
  {
    name: "the floor believes the claim",
    sql: floor(claim),
    killedBy: "a-row-is-forged-for-another-tenant",
  },
  {
    name: "the tenant's policy lets everything through",
    sql: lax,
    killedBy: tells,
  },
  {
    name: "may_operate() is not folded into the plan",
    sql: "alter function tenantry.may_operate() stable",
    killedBy: tells,
  },
  {
    name: "the tenant's policy is gone",
    sql: "drop policy tenantry_tenant on note",
    killedBy: "sees-its-own-rows",
  },
  {
    name: "the floor is gone, seen by a read",
    sql: "drop policy tenantry_floor on note",
    killedBy: flip,
  },
  {
    name: "the floor holds for the operator role only, seen by a read",
    sql: floor(trueFloor, { to: "tenantry_operator" }),
    killedBy: flip,
  },
  {
    name: "the floor is permissive, seen by a read",
    sql: floor(trueFloor, { kind: "permissive" }),
    killedBy: flip,
  },
  {
    name: "the floor is always true, seen by a read",
    sql: floor("true"),
    killedBy: subselect,
  },
  {
    name: "the floor and the tenant's condition are gone",
    sql: "drop policy tenantry_floor on note; alter policy tenantry_tenant on note using (true)",
    killedBy: union,
  },
  {
    name: "the floor and the tenant's condition are gone, seen by a blind write",
    sql: ["note", "comment"]
      .map(
        (t) =>
          `drop policy tenantry_floor on ${t}; alter policy tenantry_tenant on ${t} using (true) with check (true)`,
      )
      .join(";"),
    killedBy: "a-blind-write-reaches-every-row",
  },
  {
    name: "the floor believes the claim, seen by a read",
    sql: floor(claim),
    killedBy: flip,
  },
  {
    name: "the floor believes the claim, seen by statements after",
    sql: floor(claim),
    killedBy: "a-setting-is-changed-for-the-statements-after",
  },
  {
    name: "the floor believes the claim, seen by SET",
    sql: floor(claim),
    killedBy: "a-setting-is-changed-by-set",
  },
  {
    name: "the floor believes the claim, seen by DO",
    sql: floor(claim),
    killedBy: "a-do-block-changes-the-tenant-and-tells-by-its-error",
  },
  {
    name: "the floor believes the claim, seen by SQL text in SQL",
    sql: floor(claim),
    killedBy: "a-function-that-runs-sql-text-changes-the-tenant",
  },
  {
    name: "the floor believes the claim, seen by writes",
    sql: floor(claim),
    killedBy: "a-write-changes-the-tenant-on-the-way",
  },
  {
    name: "the floor believes the claim, seen by a tenant's id in another spelling",
    sql: floor(claim),
    killedBy: "a-tenants-id-in-another-spelling-is-taken-for-it",
  },
  {
    name: "the floor is for SELECT only",
    sql: floor(trueFloor, { command: "select" }),
    killedBy: "a-row-is-forged-for-another-tenant",
  },
  {
    name: "the floor checks no new row",
    sql: floor(trueFloor, { check: "true" }),
    killedBy: "a-row-is-forged-for-another-tenant",
  },
  {
    name: "the floor checks no new row, seen by a move",
    sql: floor(trueFloor, { check: "true" }),
    killedBy: "a-row-is-moved-to-another-tenant",
  },
  {
    name: "no policy checks new rows",
    sql: `${floor(trueFloor, { check: "true" })}; ${everyPolicy("tenantry_tenant", "with check (true)")}`,
    killedBy: "a-row-is-moved-to-another-tenant",
  },
  {
    name: "the floor is for reading and not for writing",
    sql: `${floor(trueFloor, { command: "select" })}; ${everyPolicy("tenantry_tenant", "using (true) with check (true)")}`,
    killedBy: "a-blind-write-reaches-every-row",
  },
  {
    name: "the comparison of tenants is lossy",
    sql: `${floor("left(tenant_id::text, 8) = left((select tenantry.current_tenant())::text, 8)")}; ${lax}`,
    killedBy: union,
  },
  {
    name: "a partition has no row security",
    sql: "alter table log_1 disable row level security; alter policy tenantry_tenant on log_1 using (true)",
    killedBy: "a-partition-is-reached-directly",
  },
  {
    name: "a partition was never protected",
    sql: "alter table log_1 disable row level security; drop policy tenantry_floor on log_1; drop policy tenantry_tenant on log_1; drop policy tenantry_operator on log_1",
    killedBy: "a-partition-is-reached-directly",
  },

  // The sealed scope
  {
    name: "current_tenant() checks no MAC",
    sql: currentTenant(lookUp(`k.purpose = 'database' and ${live}`)),
    killedBy: flip,
  },
  {
    name: "current_tenant() checks nothing",
    sql: currentTenant("return tenantry.claimed_tenant();"),
    killedBy: flip,
  },
  {
    name: "current_tenant() checks no expiry",
    sql: currentTenant(
      lookUp(
        `k.id = substr(current_setting('tenantry.scope', true), 4, 8) and k.purpose = 'database' and ${genuine}`,
      ),
    ),
    killedBy: flip,
  },
  {
    name: "current_tenant() takes a seal of any purpose",
    sql: currentTenant(
      lookUp(
        `k.id = substr(current_setting('tenantry.scope', true), 4, 8) and case when ${genuine} then ${live} else false end`,
      ),
    ),
    killedBy: subselect,
  },
  {
    name: "seal_is_genuine() says yes",
    sql: "create or replace function tenantry.seal_is_genuine(seal text, inner_pad bytea, outer_pad bytea) returns boolean language sql stable return true",
    killedBy: flip,
  },
  {
    name: "seal_is_genuine() compares the length of the MAC",
    sql: "create or replace function tenantry.seal_is_genuine(seal text, inner_pad bytea, outer_pad bytea) returns boolean language sql stable return length(right(seal, 64)) = 64 and length(seal) = 125",
    killedBy: flip,
  },
  {
    name: "seal_is_genuine() leaves the tenant out of the MAC",
    sql: "create or replace function tenantry.seal_is_genuine(seal text, inner_pad bytea, outer_pad bytea) returns boolean language sql stable return left(seal, 3) = 't1.' and right(seal, 64) ~ '^[0-9a-f]{64}$'",
    killedBy: "a-write-changes-the-tenant-on-the-way",
  },
  {
    name: "seal_is_live() says yes",
    sql: "create or replace function tenantry.seal_is_live(seal text) returns boolean language sql stable return true",
    killedBy: flip,
  },
  {
    name: "refuse_scope() believes instead of refusing",
    sql: "create or replace function tenantry.refuse_scope() returns uuid language sql stable return nullif(substr(current_setting('tenantry.scope', true), 24, 36), '')::uuid",
    killedBy: flip,
  },
  {
    name: "a scope that is refused is no scope, and none is all",
    sql: `create or replace function tenantry.refuse_scope() returns uuid language sql stable return null::uuid; ${floor("tenant_id = (select tenantry.current_tenant()) or (select tenantry.current_tenant()) is null")}; ${lax}`,
    killedBy: subselect,
  },
  {
    name: "current_tenant() and the policy's claim are IMMUTABLE",
    sql: `alter function tenantry.current_tenant() immutable; alter function tenantry.claimed_tenant() immutable;
      ${everyPolicy("tenantry_tenant", `using (${claim})`)}`,
    killedBy: "a-cached-plan-serves-another-tenant",
  },
  {
    name: "current_tenant() is IMMUTABLE",
    sql: "alter function tenantry.current_tenant() immutable",
    killedBy: "sees-its-own-rows-by-a-cached-plan",
  },
  {
    name: "current_tenant() runs as its caller",
    sql: "alter function tenantry.current_tenant() security invoker; alter function tenantry.refuse_scope() security invoker",
    killedBy: "sees-its-own-rows",
  },
  {
    name: "current_tenant() has no search path, the app may create functions, and the tenant's policy is lax",
    sql: `alter function tenantry.current_tenant() reset search_path; grant create on schema public to %login; ${lax}`,
    killedBy: "a-function-is-shadowed-through-the-search-path",
  },
  {
    name: "the app may read the keys",
    sql: "grant select on tenantry.seal_key to %login",
    killedBy: "the-seal-key-is-read",
  },
  {
    name: "the app may read one column of the keys",
    sql: "grant select (inner_pad) on tenantry.seal_key to %login",
    killedBy: "the-seal-key-is-read",
  },
  {
    name: "a key stands in a function's body",
    sql: `do $$ begin execute format($f$create function tenantry.mine() returns bytea language sql return '\\x%s'::bytea$f$, (select encode(inner_pad, 'hex') from tenantry.seal_key where purpose = 'database' limit 1)); end $$`,
    killedBy: "the-seal-key-is-read",
  },
  {
    name: "a key stands in a policy, and so in plans",
    sql: `do $$ begin execute format($f$alter policy tenantry_floor on note using (tenant_id = (select tenantry.current_tenant()) or tenantry.seal_is_genuine(tenant_id::text, '\\x%s'::bytea, ''))$f$, (select encode(inner_pad, 'hex') from tenantry.seal_key where purpose = 'database' limit 1)); end $$`,
    killedBy: "a-printed-plan-shows-the-key",
  },

  // Operator work
  {
    name: "operating() says yes",
    sql: "create or replace function tenantry.operating() returns boolean language sql stable return true",
    killedBy: "an-operator-without-a-record-sees-nothing",
  },
  {
    name: "operating() asks for no record",
    sql: "create or replace function tenantry.operating() returns boolean language plpgsql stable security definer as $$ begin if coalesce(current_setting('tenantry.operator', true), '') = '' then return false; end if; perform tenantry.open_seal(current_setting('tenantry.operator', true), 'operator'); return true; end $$",
    killedBy: "an-operator-without-a-record-sees-nothing",
  },
  {
    name: "operating() asks for no seal",
    sql: "create or replace function tenantry.operating() returns boolean language sql stable return coalesce(current_setting('tenantry.operator', true), '') <> ''",
    killedBy: "an-operator-without-a-record-sees-nothing",
  },
  {
    name: "operating() takes a record of any transaction",
    sql: "create or replace function tenantry.operating() returns boolean language plpgsql stable security definer as $$ begin if coalesce(current_setting('tenantry.operator', true), '') = '' then return false; end if; perform tenantry.open_seal(current_setting('tenantry.operator', true), 'operator'); return exists (select from tenantry.operator_record where expires_at > clock_timestamp()); end $$",
    killedBy: "an-operator-without-a-record-sees-nothing",
  },
  {
    name: "begin_operator() writes no record, and operating() wants none",
    sql: "create or replace function tenantry.operating() returns boolean language sql stable return coalesce(current_setting('tenantry.operator', true), '') <> ''; create or replace function tenantry.begin_operator(seal text, actor text, reason text) returns void language plpgsql security definer as $$ begin perform tenantry.open_seal(seal, 'operator'); perform set_config('tenantry.operator', seal, true); perform set_config('tenantry.scope', '', true); end $$",
    killedBy: "operator-work-leaves-its-record",
  },
  {
    name: "begin_operator() opens no seal",
    sql: "create or replace function tenantry.open_seal(seal text, seal_purpose text) returns uuid language sql stable return null::uuid",
    killedBy: "an-operator-without-a-seal-sees-nothing",
  },
  {
    name: "the app may delete operators' records",
    sql: "grant all on tenantry.operator_record to %login",
    killedBy: "the-registry-is-read",
  },

  // Privileges
  {
    name: "the app may truncate",
    sql: "grant truncate on note, comment to %login",
    killedBy: "a-table-is-truncated",
  },
  {
    name: "the app may create triggers",
    sql: "grant trigger on note to %login",
    killedBy: "the-guard-is-altered",
  },
  {
    name: "the app may create in the schema",
    sql: "grant create on schema public to %login",
    killedBy: "the-guard-is-altered",
  },
  {
    name: "the app may make schemas",
    sql: "grant create on database %database to %login",
    killedBy: "the-guard-is-altered",
  },
  {
    name: "the app may make temporary tables",
    sql: "grant temporary on database %database to %login",
    killedBy: "a-temporary-table-shadows-the-real-one",
  },
  {
    name: "the app may read sequences",
    sql: "grant select on sequence log_id_seq to %login",
    killedBy: "a-sequence-tells-how-much-others-write",
  },
  {
    name: "the app may set sequences",
    sql: "grant update on sequence log_id_seq to %login",
    killedBy: "a-sequence-tells-how-much-others-write",
  },
  {
    name: "row security is off, seen by the planner's statistics",
    sql: "alter table note disable row level security; analyze note",
    killedBy: "explain-shows-hidden-values",
  },
  {
    name: "row security can be switched off",
    sql: "alter role %login bypassrls",
    killedBy: "row-security-is-switched-off",
  },

  // The registry
  {
    name: "the app may read the tenants",
    sql: "grant select on tenantry.tenant to %login",
    killedBy: "the-registry-is-read",
  },
  {
    name: "the app may read the domains",
    sql: "grant select on tenantry.domain to %login",
    killedBy: "the-registry-is-read",
  },
  {
    name: "open_seal() opens anything",
    sql: "create or replace function tenantry.open_seal(seal text, seal_purpose text) returns uuid language sql stable return null::uuid",
    killedBy: "the-registry-is-read",
  },
  {
    name: "open_seal() takes a seal of any purpose",
    sql: "create or replace function tenantry.open_seal(seal text, seal_purpose text) returns uuid language plpgsql stable security definer as $$ begin if not exists (select from tenantry.seal_key k where tenantry.seal_is_genuine(seal, k.inner_pad, k.outer_pad)) then raise exception using errcode = 'TN002'; end if; if not tenantry.seal_is_live(seal) then raise exception using errcode = 'TN003'; end if; return substr(seal, 24, 36)::uuid; end $$",
    killedBy: "the-registry-is-read",
  },
  {
    name: "open_seal() checks no expiry",
    sql: "create or replace function tenantry.open_seal(seal text, seal_purpose text) returns uuid language plpgsql stable security definer as $$ begin if not exists (select from tenantry.seal_key k where k.purpose = seal_purpose and tenantry.seal_is_genuine(seal, k.inner_pad, k.outer_pad)) then raise exception using errcode = 'TN002'; end if; return substr(seal, 24, 36)::uuid; end $$",
    killedBy: "the-registry-is-read",
  },

  // Keys
  {
    name: "an id is unique among all tenants",
    sql: "alter table comment drop constraint comment_tenant_id_note_id_fkey; alter table note drop constraint note_pkey, add constraint note_pkey primary key (id)",
    killedBy: "a-key-tells-that-a-row-exists",
  },
  {
    name: "an id is unique among all tenants, seen by ON CONFLICT",
    sql: "alter table comment drop constraint comment_tenant_id_note_id_fkey; alter table note drop constraint note_pkey, add constraint note_pkey primary key (id)",
    killedBy: "a-conflict-clause-tells-or-takes",
  },
  {
    name: "a value is unique among all tenants",
    sql: "alter table note drop constraint note_tenant_id_email_key, add unique (email)",
    killedBy: "a-unique-column-tells-that-a-value-exists",
  },
  {
    name: "a foreign key carries no tenant",
    sql: "alter table comment drop constraint comment_tenant_id_note_id_fkey; alter table note drop constraint note_pkey, add constraint note_pkey primary key (id); alter table comment add foreign key (note_id) references note on delete cascade",
    killedBy: "a-foreign-key-points-into-another-tenant",
  },
];

export interface SingleRemoval {
  readonly name: string;
  readonly sql: string;
  /** Attacks that succeed all the same, as is known. */
  readonly except?: readonly string[];
}

/**
 * The floor raises where it meets a row, so where it stands alone a forged seal is refused only if
 * there are rows: that tells. The tenant's own policy, which asks first, is what prevents it.
 */
const refusalTells = [tells];

/** One layer missing, and the other holds: no attack may succeed. */
export const singleRemovals: readonly SingleRemoval[] = [
  {
    name: "the tenant's policy lets everything through",
    sql: everyPolicy("tenantry_tenant", "using (true) with check (true)"),
    except: refusalTells,
  },
  {
    name: "somebody added a policy for all",
    sql: ["note", "comment", "log", "log_1"]
      .map((t) => `create policy everyone on ${t} using (true) with check (true)`)
      .join(";"),
    except: refusalTells,
  },
  { name: "row security is not forced", sql: everyTable("no force row level security") },
  {
    name: "operating() says yes",
    sql: "create or replace function tenantry.operating() returns boolean language sql stable return true",
  },
  {
    name: "the app may begin operator work",
    sql: "grant execute on function tenantry.begin_operator(text, text, text) to %login",
  },
  { name: "the column has no default", sql: everyTable("alter tenant_id drop default") },
  { name: "the app may create functions", sql: "grant create on schema public to %login" },
  {
    name: "current_tenant() has no search path of its own",
    sql: "alter function tenantry.current_tenant() reset search_path",
  },
];
