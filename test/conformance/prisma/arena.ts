import { PrismaPg } from "@prisma/adapter-pg";
import pg from "pg";
import { asPgPool, keepScopesApart, tenantryPrisma } from "tenantry/prisma";
import { createStage, type Stage } from "../../database/support/stage.js";
import type { TestServer } from "../../support/servers.js";
import type { Client } from "./client.js";
import { generatedClient } from "./generated-client.js";

/** Which of the two layers is there. */
export interface Layers {
  readonly extension: boolean;
  readonly rowSecurity: boolean;
}

export interface Arena {
  readonly layers: Layers;
  readonly stage: Stage;
  readonly prisma: Client;
  /** A client of its own on the same pool, without extension and with Prisma's own batches. */
  bare(): Client;
  /** The tables' contents as they are after `reset`, of one tenant. */
  contents(tenantId: string): Promise<string>;
  reset(): Promise<void>;
  close(): Promise<void>;
}

const tables = ["project", "task", "label", "customer", "badge", "memo"];

const schema = `
  create table country (code text primary key, name text not null);
  create table project (tenant_id uuid, id integer, name text not null, budget integer not null default 0,
    primary key (tenant_id, id), unique (tenant_id, name));
  create table task (tenant_id uuid, id integer, project_id integer not null, title text not null,
    primary key (tenant_id, id), foreign key (tenant_id, project_id) references project on delete cascade);
  create table label (tenant_id uuid, id integer, name text not null, parent_id integer,
    primary key (tenant_id, id), foreign key (tenant_id, parent_id) references label);
  create table customer (tenant_id uuid, id integer, email text not null,
    country_code text not null references country, primary key (tenant_id, id), unique (tenant_id, email));
  create table badge (tenant_id uuid, id integer, code integer not null unique, text text not null,
    primary key (tenant_id, id));
  create table memo (tenant_id uuid, id integer, badge_code integer not null references badge (code),
    primary key (tenant_id, id));
  select tenantry.share('country', 'the same for all');
  ${tables.map((table) => `select tenantry.protect('${table}');`).join("\n")}
`;

/** Both tenants have the same ids; the values say whose they are. Badges are 10, 11 and 20, 21. */
const seed = `
  truncate country, ${tables.join(", ")};
  insert into country values ('NL', 'Netherlands'), ('PT', 'Portugal');
  insert into project select t, i, w || '-project-' || i, i * 10 from who, generate_series(1, 3) i;
  insert into task select t, i, 1 + i % 3, w || '-task-' || i from who, generate_series(1, 6) i;
  insert into label select t, i, w || '-label-' || i, nullif(i - 1, 0) from who, generate_series(1, 3) i;
  insert into customer select t, i, w || i || '@example.com', case i when 1 then 'NL' else 'PT' end
    from who, generate_series(1, 2) i;
  insert into customer select t, 3, 'canary@example.com', 'NL' from who where w = 'canary';
  insert into badge select t, i, case w when 'own' then 9 else 19 end + i, w || '-badge-' || i
    from who, generate_series(1, 2) i;
  insert into memo select t, 1, 20 from who;
`;

export async function createArena(server: TestServer, layers: Layers): Promise<Arena> {
  const { PrismaClient } = await generatedClient();
  const stage = await createStage(server, { schema, database: { pg, maxConnections: 5 } });
  const opened: Client[] = [];
  const bare = () => {
    const client = new PrismaClient({
      adapter: new PrismaPg(asPgPool(stage.tenantry.db, pg.Pool)),
      // Prisma gives up after two seconds, which a busy machine takes.
      transactionOptions: { maxWait: 20_000, timeout: 20_000 },
    }) as Client;
    opened.push(client);
    return client;
  };
  if (!layers.rowSecurity) {
    for (const table of tables) {
      await stage.admin(`alter table ${table} disable row level security`);
      // Nor does the database say whose a new row is.
      await stage.admin(`alter table ${table} alter column tenant_id drop default`);
    }
  }
  const who = `with who (t, w) as (values ('${stage.a.id}'::uuid, 'own'), ('${stage.b.id}', 'canary'))`;
  const statements = seed
    .split(";")
    .map((text) => text.trim())
    .filter((text) => text !== "");
  return {
    layers,
    stage,
    bare,
    prisma: layers.extension
      ? bare().$extends(tenantryPrisma({ tenantModels: "all", globalModels: ["Country"] }))
      : keepScopesApart(bare()),
    async reset() {
      for (const text of statements) {
        await stage.admin(text.includes("from who") ? `${who} ${text}` : text);
      }
    },
    async contents(tenantId) {
      const parts = tables.map((table) =>
        stage.admin(`select * from ${table} where tenant_id = $1 order by id`, [tenantId]),
      );
      return JSON.stringify(await Promise.all(parts));
    },
    async close() {
      await Promise.all(opened.map((client) => client.$disconnect()));
      await stage.close();
    },
  };
}
