-- run as: owner
-- Operator work: across tenants, on purpose, with a record in the same transaction.

create table tenantry.operator_record (
  id bigint generated always as identity primary key,
  transaction_id xid8 not null,
  actor text not null check (pg_catalog.length(actor) between 1 and 200),
  reason text not null check (pg_catalog.length(reason) between 1 and 1000),
  login name not null,
  started_at timestamptz not null,
  expires_at timestamptz not null
);
create index operator_record_transaction on tenantry.operator_record (transaction_id);
revoke all on tenantry.operator_record from public;
grant select on tenantry.operator_record to tenantry_operator;

-- Opens operator work for this transaction. The record is written here and nowhere else: without
-- it operating() stays false, so there is no operator work without its record.
create function tenantry.begin_operator(seal text, actor text, reason text) returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform tenantry.open_seal(seal, 'operator');
  insert into tenantry.operator_record (transaction_id, actor, reason, login, started_at, expires_at)
  values (pg_current_xact_id(), actor, reason, session_user, clock_timestamp(),
    to_timestamp(substr(seal, 13, 10)::bigint));
  perform set_config('tenantry.operator', seal, true);
  perform set_config('tenantry.scope', '', true);
end
$$;

-- True only in a transaction that begin_operator() opened and whose time has not run out.
create function tenantry.operating() returns boolean
language plpgsql stable parallel safe security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  seal constant text := current_setting('tenantry.operator', true);
begin
  if seal is null or seal = '' then
    return false;
  end if;
  perform tenantry.open_seal(seal, 'operator');
  if not exists (
    select from tenantry.operator_record r
    where r.transaction_id = pg_current_xact_id_if_assigned()
      and r.expires_at > clock_timestamp()
  ) then
    raise exception using errcode = 'TN003', message = 'operator work has no record in this transaction, or its time has run out';
  end if;
  return true;
end
$$;

-- Whether the role can do operator work at all. IMMUTABLE is a deliberate untruth: the planner then
-- folds the answer, and for the app role nothing is left of a policy's operator branch, so that its
-- tenant condition becomes an index condition. A plan that outlives a change of role or membership
-- can only close: the branch asks operating() as well.
-- The body is parsed once, here, so no search_path can bend it.
create function tenantry.may_operate() returns boolean
language sql immutable parallel safe
return pg_catalog.pg_has_role(current_user, 'tenantry_operator', 'MEMBER');

revoke execute on function tenantry.begin_operator(text, text, text) from public;
grant execute on function tenantry.begin_operator(text, text, text) to tenantry_operator;
grant execute on function tenantry.operating(), tenantry.may_operate() to public;
