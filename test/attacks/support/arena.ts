import type { Rows, Stage } from "../../database/support/stage.js";
import { createStage } from "../../database/support/stage.js";
import type { TestServer } from "../../support/servers.js";

/**
 * The tables that are attacked, guarded by protect(), and their twins in the schema `weak`: row
 * security on and forced, a policy on a plain setting, keys and grants as people leave them.
 * A has the ids 1 to 3. B has 1 to 3 as well, where keys carry the tenant, and 11 to 13.
 */
const schema = `
  create table note (id integer not null, body text not null, email text, tenant_id uuid not null,
    primary key (tenant_id, id), unique (tenant_id, email));
  create table comment (id integer not null, note_id integer not null, body text not null, tenant_id uuid not null,
    primary key (tenant_id, id), foreign key (tenant_id, note_id) references note (tenant_id, id) on delete cascade);
  create table log (id serial, region integer not null, body text not null) partition by list (region);
  create table log_1 partition of log for values in (1);
  create index on note (tenant_id, body);
  select tenantry.protect('note');
  select tenantry.protect('comment');
  select tenantry.protect('log');
  grant select, insert, update, delete on log_1 to tenantry_app;

  create table weak.note (id integer primary key, body text not null, email text unique,
    tenant_id uuid not null default current_setting('app.tenant')::uuid);
  create table weak.comment (id integer primary key, note_id integer not null references weak.note on delete cascade,
    body text not null, tenant_id uuid not null default current_setting('app.tenant')::uuid);
  create table weak.log (id serial, region integer not null, body text not null,
    tenant_id uuid not null default current_setting('app.tenant')::uuid) partition by list (region);
  create table weak.log_1 partition of weak.log for values in (1);
  do $$
  declare
    name text;
  begin
    foreach name in array array['note', 'comment', 'log'] loop
      execute format('alter table weak.%I enable row level security, force row level security', name);
      execute format($policy$create policy tenant on weak.%I
        using (tenant_id = (select current_setting('app.tenant')::uuid))$policy$, name);
    end loop;
  end
  $$;
  grant usage on schema weak to tenantry_app;
  grant all on all tables in schema weak to tenantry_app;
  grant all on all sequences in schema weak to tenantry_app;
`;

const seed = `
  truncate note, comment, log, weak.note, weak.comment, weak.log;
  insert into note (id, body, email, tenant_id)
    select i, 'a-own-' || i, 'own' || i || '@a.example', $a from generate_series(1, 3) i
    union all select i, 'b-canary-' || i, 'canary' || i || '@b.example', $b
      from generate_series($low, 13) i where i not between 4 and 10;
  insert into comment (id, note_id, body, tenant_id)
    values (1, 1, 'a-own', $a), (11, 11, 'b-canary', $b);
  insert into comment (id, note_id, body, tenant_id)
    select 1, 1, 'b-canary', $b where $low = 1;
  insert into log (region, body, tenant_id) values (1, 'a-own', $a), (1, 'b-canary', $b);
  insert into weak.note (id, body, email, tenant_id)
    select i, 'a-own-' || i, 'own' || i || '@a.example', $a from generate_series(1, 3) i
    union all select i, 'b-canary-' || i, 'canary' || i || '@b.example', $b from generate_series(11, 13) i;
  insert into weak.comment (id, note_id, body, tenant_id)
    values (1, 1, 'a-own', $a), (10, 1, 'b-canary', $b), (11, 11, 'b-canary', $b);
  insert into weak.log (region, body, tenant_id) values (1, 'a-own', $a), (1, 'b-canary', $b);
`;

const tables = ["note", "comment", "log", "weak.note", "weak.comment", "weak.log"];

export interface Arena extends Stage {
  /** Puts every row back. */
  reset(): Promise<void>;
  /** Everything that is B's, to be compared. */
  rowsOfB(): Promise<Rows>;
}

export interface ArenaOptions {
  /** B has the ids 11 to 13 only: for guards whose keys do not carry the tenant. Default false. */
  readonly distinctIds?: boolean;
}

export async function createArena(
  server: TestServer,
  { distinctIds = false }: ArenaOptions = {},
): Promise<Arena> {
  const stage = await createStage(server, {
    schemas: ["weak"],
    schema,
    database: { maxConnections: 1 },
  });
  const text = seed
    .replaceAll("$low", distinctIds ? "11" : "1")
    .replaceAll("$a", `'${stage.a.id}'::uuid`)
    .replaceAll("$b", `'${stage.b.id}'::uuid`);
  const ofB = tables.map(
    (table) =>
      `select '${table}' as table, to_jsonb(t) - 'log_id' as row from ${table} t where tenant_id = $1`,
  );
  const arena: Arena = {
    ...stage,
    reset: async () => void (await stage.admin(text)),
    rowsOfB: () => stage.admin(`${ofB.join(" union all ")} order by 1, 2`, [stage.b.id]),
  };
  await arena.reset();
  await stage.admin("analyze note, comment, log, weak.note, weak.comment, weak.log");
  return arena;
}
