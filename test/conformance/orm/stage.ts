import { createStage, type Stage } from "../../database/support/stage.js";
import type { TestServer } from "../../support/servers.js";

/** Ids are the same in both tenants: what is not told apart by the tenant is mixed up. */
const schema = `
  create table project (tenant_id uuid not null, id integer not null, title text not null,
    primary key (tenant_id, id));
  create table task (tenant_id uuid not null, id integer not null, project_id integer not null,
    title text not null, primary key (tenant_id, id),
    foreign key (tenant_id, project_id) references project (tenant_id, id) on delete cascade);
  create table unlisted (id integer primary key, title text);
  select tenantry.protect('project');
  select tenantry.protect('task');
  select tenantry.protect('unlisted');
`;

export const createOrmStage = (server: TestServer): Promise<Stage> =>
  createStage(server, { schema, database: { maxConnections: 5 } });

/** Everything as at the beginning: three projects and two tasks of each tenant. */
export async function refill(stage: Stage): Promise<void> {
  await stage.admin("truncate project, task, unlisted");
  for (const [tenant, name] of [
    [stage.a, "a"],
    [stage.b, "b"],
  ] as const) {
    await stage.admin(
      `insert into project (tenant_id, id, title)
       select $1, i, $2 || '-project-' || i from generate_series(1, 3) i`,
      [tenant.id, name],
    );
    await stage.admin(
      `insert into task (tenant_id, id, project_id, title)
       select $1, i, 1, $2 || '-task-' || i from generate_series(1, 2) i`,
      [tenant.id, name],
    );
    await stage.admin("insert into unlisted (tenant_id, id, title) values ($1, 1, $2)", [
      tenant.id,
      `${name}-unlisted`,
    ]);
  }
}

/** The database's layer away: what holds then is the extension's. Its default fills nothing, too. */
export async function switchRowSecurityOff(stage: Stage): Promise<void> {
  for (const table of ["project", "task", "unlisted"]) {
    await stage.admin(`alter table ${table} disable row level security`);
    await stage.admin(`alter table ${table} alter column tenant_id drop default`);
  }
}

export const titlesOf = async (stage: Stage, tenantId: string): Promise<unknown[]> =>
  (await stage.admin("select title from project where tenant_id = $1 order by id", [tenantId])).map(
    ({ title }) => title,
  );
