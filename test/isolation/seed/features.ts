const own = "id int primary key, org_id uuid not null references orgs";

/** For each feature a table `t` that is hard to fill because of it. */
export const features: Readonly<Record<string, string>> = {
  "an enum and an array of it": `create type mood as enum ('sad', 'ok'); create table t (${own}, m mood not null, all_moods mood[] not null)`,
  "a list of allowed texts": `create table t (${own}, state text not null check (state in ('open', 'shut')))`,
  "bounds of a number": `create table t (${own}, percent int not null check (percent between 40 and 60 and percent <> 50))`,
  "a length": `create table t (${own}, code text not null check (length(code) = 17))`,
  "a pattern": `create table t (${own}, sku text not null unique check (sku ~ '^[A-Z]{3}-[0-9]{4}$'))`,
  "a LIKE": `create table t (${own}, path text not null check (path like 'seed/%/end'))`,
  "an exclusive arc": `create table p (${own}); create table q (${own});
    create table t (${own}, p_id int references p, q_id int references q, check (num_nonnulls(p_id, q_id) = 1))`,
  "columns in order": `create table t (${own}, opens timestamptz not null, closes timestamptz not null check (opens < closes))`,
  "an implication": `create table t (${own}, paid bool not null, paid_at timestamptz, check (not paid or paid_at is not null), check (paid))`,
  "the kind of a JSON document": `create table t (${own}, doc jsonb not null check (jsonb_typeof(doc) = 'array'), config jsonb not null check (config ? 'mode' and config->>'mode' = 'fast'))`,
  "a domain with a CHECK": `create domain plz as varchar(5) not null check (value ~ '^\\d{5}$'); create table t (${own}, zip plz)`,
  "a composite type": `create type place as (x int, label varchar(9)); create table t (${own}, at place not null, more place[] not null)`,
  "an exclusion of ranges": `create table t (${own}, during tstzrange not null, exclude using gist (during with &&))`,
  "a unique index on an expression": `create table t (${own}, mail text not null); create unique index on t (lower(mail))`,
  "a partial unique index": `create table t (${own}, main bool not null default true); create unique index on t (org_id) where main`,
  "generated and identity columns": `create table t (id bigint generated always as identity primary key, org_id uuid not null references orgs, a int not null, b int generated always as (a * 2) stored check (b > 10))`,
  "short texts and decimals": `create table t (${own}, a varchar(3) not null unique, b char(2) not null, c numeric(4,2) not null, d smallint not null unique)`,
  "every kind of value": `create table t (${own}, a bytea not null, b bit(5) not null, c varbit(7) not null, d inet not null, e cidr not null,
    f macaddr not null, g interval not null, h money not null, i tsvector not null, j point not null, k polygon not null, l numrange not null,
    m int4multirange not null, n time not null, o date not null, p real not null, q tsquery not null, r json not null, s box[] not null, u macaddr8 not null)`,
  "a reference to itself": `create table t (${own}, parent_id int not null references t)`,
  "tables that need one another": `create table u (id int primary key, org_id uuid not null references orgs, t_id int not null);
    create table t (${own}, u_id int not null references u); alter table u add foreign key (t_id) references t`,
  "a circle through null": `create table u (id int primary key, org_id uuid not null references orgs, t_id int);
    create table t (${own}, u_id int not null references u); alter table u add foreign key (t_id) references t`,
  "composite keys that share columns": `create table p (org_id uuid references orgs, id int, primary key (org_id, id));
    create table q (org_id uuid, id int, p_id int not null, primary key (org_id, id), foreign key (org_id, p_id) references p, unique (org_id, p_id, id));
    create table t (org_id uuid not null, id int, p_id int not null, q_id int not null, primary key (org_id, id),
      foreign key (org_id, p_id) references p, foreign key (org_id, p_id, q_id) references q (org_id, p_id, id))`,
  "nothing but foreign keys": `create table p (${own}); create table q (${own}); create table t (p_id int references p, q_id int references q, primary key (p_id, q_id))`,
  "no primary key": "create table t (org_id uuid not null references orgs, note text)",
  "partitions by range": `create table t (org_id uuid not null references orgs, id int, day date not null, primary key (org_id, id, day)) partition by range (day);
    create table t_1 partition of t for values from ('2020-01-01') to ('2020-02-01')`,
  "partitions by hash": `create table t (org_id uuid not null references orgs, id int, primary key (org_id, id)) partition by hash (id);
    create table t_0 partition of t for values with (modulus 2, remainder 0)`,
  "nested partitions": `create table t (org_id uuid not null references orgs, id int, kind text, day date, primary key (org_id, id, kind, day)) partition by list (kind);
    create table t_a partition of t for values in ('a', 'b') partition by range (day); create table t_a1 partition of t_a for values from ('2031-05-01') to ('2031-05-03')`,
  "a trigger that raises": `create function guard() returns trigger language plpgsql as $$ begin if new.state <> 'draft' then raise 'only drafts'; end if; return new; end $$;
    create table t (${own}, state text not null); create trigger guard before insert on t for each row execute function guard()`,
  "a trigger that changes the row": `create function stamp() returns trigger language plpgsql as $$ begin new.name := 'n' || new.id; return new; end $$;
    create table t (${own}, name text unique); create trigger stamp before insert on t for each row execute function stamp()`,
  "names that must be quoted": `create table t (${own}, "Order" text not null check ("Order" <> ''), "a ""b""" int not null unique)`,
};

/** Tables that cannot be filled, and what must be said of them. */
export const unfillable: Readonly<Record<string, readonly [string, RegExp]>> = {
  "a CHECK that nothing meets": [
    `create table t (${own}, n int not null check (n > 3 and n < 2))`,
    /no values were found for .*n > 3/,
  ],
  "a trigger that swallows": [
    `create function swallow() returns trigger language plpgsql as $$ begin return null; end $$;
     create table t (${own}); create trigger swallow before insert on t for each row execute function swallow()`,
    /swallowed/,
  ],
  "a trigger that always raises": [
    `create function refuse() returns trigger language plpgsql as $$ begin raise 'never on a Sunday'; end $$;
     create table t (${own}); create trigger refuse before insert on t for each row execute function refuse()`,
    /never on a Sunday.*P0001/,
  ],
  "a table without partitions": [
    `create table t (org_id uuid, id int) partition by list (id)`,
    /no partitions/,
  ],
};
