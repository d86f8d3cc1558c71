import { sqlName } from "../../catalog/names.js";
import type { Ask } from "./ask.js";

export interface BossJob {
  readonly queue: string;
  readonly id: string;
  readonly data: unknown;
}

const mostJobs = 1_000;

/** A bounded number of the jobs and schedules of every pg-boss that the database holds. */
export async function readBossJobs(ask: Ask): Promise<readonly BossJob[]> {
  const schemas = await ask<{ name: string }>(
    `select n.nspname::text as name
     from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     where c.relname = 'job' and c.relkind in ('r', 'p') and exists (
       select from pg_catalog.pg_class v where v.relnamespace = n.oid and v.relname = 'version')
       and (select count(*) from pg_catalog.pg_attribute a where a.attrelid = c.oid
         and a.attname in ('id', 'name', 'data', 'state', 'singleton_key', 'retry_limit')) = 6`,
  );
  const jobs: BossJob[] = [];
  for (const { name: schema } of schemas) {
    for (const [table, id] of [
      ["job", "id::text"],
      ["schedule", "'schedule'"],
    ] as const) {
      const rows = await ask<BossJob>(
        `select name as queue, ${id} as id, data from ${sqlName({ schema, name: table })}
         where name not like '\\_\\_pgboss%' limit ${mostJobs}`,
      );
      jobs.push(...rows);
    }
  }
  return jobs;
}
