import type { Adoption } from "../../adoption.js";
import { mayRun } from "../may-run.js";
import { dollarQuoted, forNobodyElse } from "../sql.js";
import type { Stage, Step } from "../step.js";

/** Looks whether Tenantry is there and the login may do all of it, and makes the helpers of the other stages. */
export function prepare(adoption: Adoption): Stage {
  return {
    number: 0,
    name: "prepare",
    purpose:
      "Checks that `tenantry migrate` has run and that the login may do all that follows, and makes the schema tenantry_adopt, which holds the helpers of the other stages.",
    locks: "None on your tables.",
    duration: "Milliseconds.",
    steps: [
      ...conditions(adoption),
      { title: "the helpers", statements: [schema, newId, slug, register, ...closed], undo: [] },
    ],
  };
}

export function conditions(adoption: Adoption): readonly Step[] {
  return [
    { title: "Tenantry's own schema is installed", statements: [isMigrated], undo: [] },
    { title: "the login may go all the way", statements: [mayRun(adoption)], undo: [] },
  ];
}

const isMigrated = dollarQuoted(`begin
  if pg_catalog.to_regprocedure('tenantry.protect(regclass)') is null then
    raise exception 'Tenantry is not installed in this database' using hint = 'Run tenantry migrate first.';
  end if;
end`);

export const schema = `create schema if not exists tenantry_adopt`;

const newId = `create or replace function tenantry_adopt.new_id() returns uuid
language sql volatile set search_path = pg_catalog, pg_temp
as $$
  -- RFC 9562, version 7: 48 bits of milliseconds, the rest random.
  select encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
    placing substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3) from 1 for 6), 52, 1), 53, 1), 'hex')::uuid
$$`;

const slug = `create or replace function tenantry_adopt.free_slug(source text, id uuid) returns text
language plpgsql volatile set search_path = pg_catalog, pg_temp
as $$
declare
  plain text := lower(coalesce(source, ''));
  candidate text;
begin
  if current_setting('server_encoding') = 'UTF8' then
    plain := regexp_replace(normalize(plain, nfkd), '[\\u0300-\\u036f]', '', 'g');
  end if;
  plain := trim(both '-' from left(trim(both '-' from regexp_replace(plain, '[^a-z0-9]+', '-', 'g')), 50));
  plain := coalesce(nullif(plain, ''), 'tenant');
  foreach candidate in array array[plain, plain || '-' || right(id::text, 6), 't-' || id] loop
    if candidate !~ '^..--' and not exists (select from tenantry.tenant t where t.slug = candidate) then
      return candidate;
    end if;
  end loop;
  raise exception 'no slug is free for %', id;
end
$$`;

const register = `create or replace function tenantry_adopt.register(id uuid, slug_source text, name_source text) returns uuid
language plpgsql volatile set search_path = pg_catalog, pg_temp
as $$
begin
  -- One at a time, so that two do not take the same slug.
  perform pg_advisory_xact_lock(hashtextextended('tenantry_adopt.register', 0));
  insert into tenantry.tenant (id, slug, name)
  values (register.id, tenantry_adopt.free_slug(slug_source, register.id),
    coalesce(nullif(trim(left(regexp_replace(coalesce(name_source, ''), '[\\u0001-\\u001f\\u007f]+', ' ', 'g'), 200)), ''), register.id::text))
  on conflict on constraint tenant_pkey do nothing;
  return register.id;
end
$$`;

const closed = ["new_id()", "free_slug(text, uuid)", "register(uuid, text, text)"].map(
  (signature) => forNobodyElse(`tenantry_adopt.${signature}`),
);
