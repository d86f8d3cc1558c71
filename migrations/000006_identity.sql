-- run as: owner
-- Identity: who someone is, across tenants, and what they may do in one.
--
-- Accounts, sessions and signing keys belong to no tenant: the role tenantry_identity alone reaches
-- them. What an account is in a tenant (membership, grant, invitation, key) are tenant tables, with the
-- same policies as every other, and a permissive one for tenantry_identity in place of the app's writes.
-- The role reaches nothing else: no row of the application's own tables.

-- Grows with every change of what someone may do. CACHE 1 and no cycle, as for registry_version.
create sequence tenantry.authority_version as bigint minvalue 1 maxvalue 9007199254740991 cache 1 no cycle;

-- A person who signs in. `email_key` is what identifies the address (src/identity/email).
create table tenantry.account (
  id uuid primary key,
  email text not null check (pg_catalog.char_length(email) between 3 and 254),
  email_key text collate "C" not null constraint account_email_taken unique
    check (pg_catalog.length(email_key) between 3 and 254 and email_key !~ '\s'),
  email_verified_at timestamptz,
  -- A PHC string of argon2id; null where the account signs in elsewhere.
  password_hash text check (pg_catalog.length(password_hash) <= 512 and password_hash like '$argon2id$%'),
  password_changed_at timestamptz,
  status text collate "C" not null default 'active' check (status in ('active', 'disabled')),
  created_at timestamptz not null default pg_catalog.clock_timestamp()
);

-- The global, tenant-less sign-in. The token itself is nowhere: only its SHA-256.
create table tenantry.session (
  id uuid primary key,
  account_id uuid not null references tenantry.account (id) on delete cascade,
  token_hash bytea not null unique check (pg_catalog.octet_length(token_hash) = 32),
  -- How the account proved itself: RFC 8176 names (`pwd`, `otp`, …).
  methods text[] not null check (pg_catalog.cardinality(methods) between 1 and 8),
  authenticated_at timestamptz not null,
  created_at timestamptz not null default pg_catalog.clock_timestamp(),
  seen_at timestamptz not null default pg_catalog.clock_timestamp(),
  idle_expires_at timestamptz not null,
  expires_at timestamptz not null,
  address text check (pg_catalog.length(address) <= 64),
  user_agent text check (pg_catalog.length(user_agent) <= 512),
  ended_at timestamptz,
  ended_because text collate "C",
  check ((ended_at is null) = (ended_because is null))
);
create index session_of_account on tenantry.session (account_id) where ended_at is null;

-- One-time links sent by mail. Hashed, as sessions are.
create table tenantry.email_token (
  token_hash bytea primary key check (pg_catalog.octet_length(token_hash) = 32),
  account_id uuid not null references tenantry.account (id) on delete cascade,
  purpose text collate "C" not null check (purpose in ('verify-email', 'reset-password')),
  -- The address that it was sent to: it proves that one, and no later one.
  email_key text collate "C" not null,
  created_at timestamptz not null default pg_catalog.clock_timestamp(),
  expires_at timestamptz not null,
  used_at timestamptz
);
create index email_token_of_account on tenantry.email_token (account_id);

-- Single access tokens that are good no more, until they would have expired. Not row security keeps it,
-- for every process reads all of it; a tenant's entry is for that tenant's token of the id alone.
create table tenantry.denied_token (
  tenant_id uuid not null references tenantry.tenant (id),
  token_id uuid not null,
  expires_at timestamptz not null,
  denied_at timestamptz not null default pg_catalog.clock_timestamp(),
  primary key (tenant_id, token_id)
);
create index denied_token_to_forget on tenantry.denied_token (expires_at);

-- Keys that sign access tokens. Private keys are sealed (AES-256-GCM) under the application's secret.
create table tenantry.signing_key (
  kid text primary key check (pg_catalog.length(kid) between 1 and 128),
  algorithm text not null check (algorithm in ('EdDSA', 'ES256')),
  public_jwk jsonb not null,
  sealed_private_key bytea not null,
  created_at timestamptz not null default pg_catalog.clock_timestamp(),
  signs_from timestamptz not null,
  signs_until timestamptz,
  published_until timestamptz
);

-- What happened to accounts and sessions, written with the change itself.
create table tenantry.account_event (
  id bigint generated always as identity primary key,
  at timestamptz not null default pg_catalog.clock_timestamp(),
  account_id uuid,
  type text collate "C" not null check (pg_catalog.length(type) between 1 and 64),
  outcome text collate "C" not null check (outcome in ('done', 'refused')),
  reason text check (pg_catalog.length(reason) <= 200),
  address text check (pg_catalog.length(address) <= 64),
  user_agent text check (pg_catalog.length(user_agent) <= 512),
  detail jsonb not null default '{}' check (pg_catalog.octet_length(detail::text) <= 8192)
);
create index account_event_of_account on tenantry.account_event (account_id, id);

-- A tenant's own roles, beside owner, admin, member and viewer, which every tenant has.
create table tenantry.tenant_role (
  tenant_id uuid not null,
  name text collate "C" not null check (name ~ '^[a-z][a-z0-9-]{0,31}$' and name not in ('owner', 'admin', 'member', 'viewer')),
  permissions text[] not null check (pg_catalog.cardinality(permissions) <= 64),
  primary key (tenant_id, name)
);

-- An account in a tenant. Removed ones stay, so that what they did keeps its name.
create table tenantry.membership (
  tenant_id uuid not null,
  account_id uuid not null references tenantry.account (id),
  role text collate "C" not null check (role ~ '^[a-z][a-z0-9-]{0,31}$'),
  status text collate "C" not null default 'active' check (status in ('active', 'suspended', 'removed')),
  -- Access tokens carry it: one with an older version is stale.
  version bigint not null,
  created_at timestamptz not null default pg_catalog.clock_timestamp(),
  updated_at timestamptz not null default pg_catalog.clock_timestamp(),
  primary key (tenant_id, account_id)
);

-- A row here makes every access token of the tenant stale that carries an older version.
create table tenantry.tenant_authority (
  tenant_id uuid primary key,
  version bigint not null,
  updated_at timestamptz not null default pg_catalog.clock_timestamp()
);

create table tenantry.invitation (
  tenant_id uuid not null,
  id uuid not null,
  email text not null check (pg_catalog.char_length(email) between 3 and 254),
  email_key text collate "C" not null check (pg_catalog.length(email_key) between 3 and 254),
  role text collate "C" not null check (role ~ '^[a-z][a-z0-9-]{0,31}$'),
  token_hash bytea not null check (pg_catalog.octet_length(token_hash) = 32),
  invited_by uuid not null,
  created_at timestamptz not null default pg_catalog.clock_timestamp(),
  expires_at timestamptz not null,
  accepted_at timestamptz,
  revoked_at timestamptz,
  primary key (tenant_id, id)
);
create unique index invitation_open_once on tenantry.invitation (tenant_id, email_key)
  where accepted_at is null and revoked_at is null;
create unique index invitation_by_token on tenantry.invitation (tenant_id, token_hash);

-- Keys of a tenant's own programs. Of a key only its SHA-256 is kept; while one is replaced, of both.
create table tenantry.api_key (
  tenant_id uuid not null,
  id uuid not null,
  name text not null check (pg_catalog.char_length(name) between 1 and 100),
  permissions text[] not null check (pg_catalog.cardinality(permissions) between 1 and 64),
  secret_hash bytea not null check (pg_catalog.octet_length(secret_hash) = 32),
  former_hash bytea check (pg_catalog.octet_length(former_hash) = 32),
  former_until timestamptz,
  created_by uuid not null,
  created_at timestamptz not null default pg_catalog.clock_timestamp(),
  expires_at timestamptz,
  used_at timestamptz,
  revoked_at timestamptz,
  primary key (tenant_id, id),
  check ((former_hash is null) = (former_until is null))
);

-- A grant: an account's standing in one tenant on one device. Its refresh tokens are not stored: each
-- is a MAC over the seed and its generation (src/identity/grant), and only the newest counts.
create table tenantry.tenant_grant (
  tenant_id uuid not null,
  id uuid not null,
  account_id uuid not null,
  session_id uuid not null,
  seed bytea not null check (pg_catalog.octet_length(seed) = 32),
  generation integer not null default 1 check (generation > 0),
  rotated_at timestamptz not null default pg_catalog.clock_timestamp(),
  created_at timestamptz not null default pg_catalog.clock_timestamp(),
  expires_at timestamptz not null,
  client text collate "C" check (pg_catalog.length(client) <= 128),
  address text check (pg_catalog.length(address) <= 64),
  user_agent text check (pg_catalog.length(user_agent) <= 512),
  ended_at timestamptz,
  ended_because text collate "C",
  primary key (tenant_id, id),
  foreign key (tenant_id, account_id) references tenantry.membership (tenant_id, account_id),
  check ((ended_at is null) = (ended_because is null))
);
create index tenant_grant_of_account on tenantry.tenant_grant (tenant_id, account_id) where ended_at is null;
create index tenant_grant_of_session on tenantry.tenant_grant (session_id) where ended_at is null;

-- Hands a sign-in at the auth host on to a tenant's host, once (RFC 6749 section 4.1, RFC 7636). Hashed,
-- as sessions are. A used one stays for a day, so that a second use is seen and ends the grant.
create table tenantry.authorization_code (
  tenant_id uuid not null,
  code_hash bytea not null check (pg_catalog.octet_length(code_hash) = 32),
  account_id uuid not null,
  session_id uuid not null,
  client text collate "C" check (pg_catalog.length(client) between 1 and 128),
  redirect_uri text collate "C" not null check (pg_catalog.length(redirect_uri) between 1 and 2048),
  code_challenge text collate "C" not null check (code_challenge ~ '^[A-Za-z0-9_-]{43}$'),
  nonce text collate "C" check (pg_catalog.length(nonce) between 1 and 255),
  created_at timestamptz not null default pg_catalog.clock_timestamp(),
  expires_at timestamptz not null,
  used_at timestamptz,
  -- Counted to three, which is as good as more.
  uses smallint not null default 0 check (uses between 0 and 3),
  -- What came of it.
  grant_id uuid,
  primary key (tenant_id, code_hash),
  foreign key (tenant_id, account_id) references tenantry.membership (tenant_id, account_id),
  check (expires_at <= created_at + interval '60 seconds'),
  check ((used_at is null) = (uses = 0)),
  check (grant_id is null or used_at is not null)
);
create index authorization_code_by_age on tenantry.authorization_code (tenant_id, expires_at);

-- What happened in a tenant, written with the change itself.
create table tenantry.identity_event (
  tenant_id uuid not null,
  id bigint generated always as identity,
  at timestamptz not null default pg_catalog.clock_timestamp(),
  account_id uuid,
  type text collate "C" not null check (pg_catalog.length(type) between 1 and 64),
  outcome text collate "C" not null check (outcome in ('done', 'refused')),
  reason text check (pg_catalog.length(reason) <= 200),
  address text check (pg_catalog.length(address) <= 64),
  user_agent text check (pg_catalog.length(user_agent) <= 512),
  detail jsonb not null default '{}' check (pg_catalog.octet_length(detail::text) <= 8192),
  primary key (tenant_id, id)
);

do $$
declare
  target text;
  claim text;
begin
  foreach target in array array['account', 'session', 'email_token', 'denied_token', 'signing_key', 'account_event'] loop
    execute format('revoke all on tenantry.%I from public, tenantry_app, tenantry_operator', target);
  end loop;
  foreach target in array array['tenant_role', 'membership', 'tenant_authority', 'invitation', 'api_key', 'tenant_grant', 'authorization_code', 'identity_event'] loop
    -- Classified first: protect() then grants nothing, for the application writes none of these.
    perform tenantry.classify(format('tenantry.%I', target)::regclass, 'tenant', null);
    perform tenantry.protect(format('tenantry.%I', target)::regclass);
    select pg_get_expr(p.polqual, p.polrelid) into strict claim from pg_policy p
      where p.polrelid = format('tenantry.%I', target)::regclass and p.polname = 'tenantry_tenant';
    execute format('create policy tenantry_identity on tenantry.%1$I as permissive for all to tenantry_identity
      using (%2$s) with check (%2$s)', target, claim);
  end loop;
end
$$;
-- Accounts are disabled and not deleted by the application; what happened is only added to.
grant select, insert, update on tenantry.account, tenantry.session, tenantry.email_token, tenantry.signing_key,
  tenantry.tenant_role, tenantry.membership, tenantry.tenant_authority, tenantry.invitation, tenantry.api_key,
  tenantry.tenant_grant, tenantry.denied_token, tenantry.authorization_code
  to tenantry_identity;
grant delete on tenantry.email_token, tenantry.denied_token, tenantry.signing_key, tenantry.tenant_role,
  tenantry.authorization_code
  to tenantry_identity;
grant select, insert on tenantry.account_event, tenantry.identity_event to tenantry_identity;
-- Who is in the tenant: the application may show it, and join it to its own rows.
grant select on tenantry.membership to tenantry_app;

-- Raises the version with every change, of a membership or of all in the tenant.
create function tenantry.stamp_authority() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  new.version := nextval('tenantry.authority_version');
  new.updated_at := clock_timestamp();
  return new;
end
$$;
create trigger stamp before insert or update on tenantry.membership
  for each row execute function tenantry.stamp_authority();
create trigger stamp before insert or update on tenantry.tenant_authority
  for each row execute function tenantry.stamp_authority();

-- Announces '<tenant id>:<account id, or * for all>:<version>': ids only.
create function tenantry.announce_authority() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  whose constant text := case tg_table_name when 'membership' then to_jsonb(new) ->> 'account_id' else '*' end;
begin
  perform tenantry.announce('tenantry_authority', 'authority', new.tenant_id || ':' || whose || ':' || new.version);
  return null;
end
$$;
create trigger announce after insert or update on tenantry.membership
  for each row execute function tenantry.announce_authority();
create trigger announce after insert or update on tenantry.tenant_authority
  for each row execute function tenantry.announce_authority();

-- 'denied:<tenant id>:<token id>:<expiry, in whole seconds since the epoch>'.
create function tenantry.announce_denied_token() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform tenantry.announce('tenantry_authority', 'denied',
    new.tenant_id || ':' || new.token_id || ':' || ceil(extract(epoch from new.expires_at))::bigint, 'denied:');
  return null;
end
$$;
create trigger announce after insert or update on tenantry.denied_token
  for each row execute function tenantry.announce_denied_token();

-- A tenant always has an owner who can act. Checked at commit, so that an owner can hand over in one
-- transaction; the lock lets no two owners leave at once.
create function tenantry.keep_an_owner() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  if old.role = 'owner' and old.status = 'active' then
    -- An older snapshot would still show an owner who has left meanwhile.
    if current_setting('transaction_isolation') <> 'read committed' then
      raise exception using errcode = 'feature_not_supported',
        message = 'an owner is changed in a transaction that is read committed';
    end if;
    perform pg_advisory_xact_lock(hashtextextended('tenantry owner ' || old.tenant_id, 0));
    if not exists (
      select from tenantry.membership m
      where m.tenant_id = old.tenant_id and m.role = 'owner' and m.status = 'active'
    ) then
      raise exception using errcode = 'check_violation', constraint = 'tenant_has_an_owner',
        schema = 'tenantry', table = 'membership', message = 'a tenant keeps at least one active owner';
    end if;
  end if;
  return null;
end
$$;
create constraint trigger keep_an_owner after update on tenantry.membership
  deferrable initially deferred for each row execute function tenantry.keep_an_owner();

-- The tenants of one account, for its picker: across tenants, so not by row security but by this index,
-- which triggers keep true and the identity role alone reads.
create table tenantry.account_tenant (
  account_id uuid not null references tenantry.account (id),
  tenant_id uuid not null references tenantry.tenant (id),
  role text collate "C" not null,
  status text collate "C" not null,
  primary key (account_id, tenant_id)
);
revoke all on tenantry.account_tenant from public, tenantry_app, tenantry_operator;
grant select on tenantry.account_tenant to tenantry_identity;
create function tenantry.index_membership() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into tenantry.account_tenant (account_id, tenant_id, role, status)
  values (new.account_id, new.tenant_id, new.role, new.status)
  on conflict (account_id, tenant_id) do update set role = excluded.role, status = excluded.status;
  return null;
end
$$;
create trigger index_membership after insert or update on tenantry.membership
  for each row execute function tenantry.index_membership();

-- A disabled account has no version of its own: so this is unsigned, and has every process ask again
-- about the members that it names. 1 stands for any version.
create function tenantry.announce_account() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform pg_notify('tenantry_authority', i.tenant_id || ':' || i.account_id || ':1')
  from tenantry.account_tenant i where i.account_id = new.id;
  return null;
end
$$;
create trigger announce after update on tenantry.account
  for each row when (old.status is distinct from new.status) execute function tenantry.announce_account();

revoke execute on function
  tenantry.stamp_authority(),
  tenantry.announce_authority(),
  tenantry.announce_denied_token(),
  tenantry.announce_account(),
  tenantry.keep_an_owner(),
  tenantry.index_membership() from public;
