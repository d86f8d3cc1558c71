/** @typedef {ReturnType<typeof import("./synthetic-random.js").randomFrom>} Random */

/** Each as real tables have them, with the conditions that real tables have. */
const columns = [
  "email email",
  "plan plan not null default 'free'",
  "plans plan[] not null default '{}'",
  "tags text[] not null default '{}'",
  "person_ids uuid[] not null default '{}'",
  "amount numeric(12, 2) not null default 0 check (amount >= 0)",
  "starts_on date not null, ends_on date, check (ends_on is null or ends_on >= starts_on)",
  "period tstzrange",
  "settings jsonb not null default '{}' check (jsonb_typeof(settings) = 'object')",
  "status text not null check (status in ('draft', 'sent', 'paid'))",
  "subject_type varchar(60) not null, subject_id uuid not null",
  "owner_type text, owner_id bigint, check ((owner_type is null) = (owner_id is null))",
  "digest bytea check (octet_length(digest) = 32)",
  "address inet",
  "price integer not null default 0, price_with_tax integer generated always as (price * 119 / 100) stored",
  "country char(2) references countries",
  "created_by uuid references people",
  "position integer not null default 1 check (position between 1 and 1000)",
];

/** @param {Random} random @param {string} name the table's */
export function ownColumns(random, name) {
  return [
    "code text not null",
    "title varchar(80)",
    "created_at timestamptz not null default now()",
    "updated_at timestamptz not null default now()",
    "deleted_at timestamptz",
    ...random.some(columns, 1 + random.upTo(4)),
    ...(random() < 0.15 ? [`constraint ${name}_code unique (code)`] : []),
    ...(random() < 0.4 ? [`constraint ${name}_title unique (organization_id, title)`] : []),
  ];
}

/** @param {Random} random */
export const childColumns = (random) => [
  "note text not null",
  ...random.some(columns, random.upTo(2)),
];
