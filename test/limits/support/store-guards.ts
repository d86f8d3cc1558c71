import pg from "pg";
import { codeIn } from "../../database/support/outcome.js";
import type { LimitsStage } from "./postgres.js";

/** What went wrong with each statement, or that it did not: only `42501` is a refusal. */
async function refusals(
  texts: readonly string[],
  run: (text: string) => Promise<unknown>,
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const text of texts) {
    const outcome = await run(text).then(() => "done", codeIn);
    if (outcome !== "42501") found.push(`${text}: ${outcome}`);
  }
  return found;
}

/** What guards the counters in PostgreSQL: each gives what it finds wrong. */
export const storeGuards: Readonly<
  Record<string, (limits: LimitsStage) => Promise<readonly string[]>>
> = {
  async "the-start-up-check-knows-the-counters"({ stage }) {
    return stage.tenantry.ready().then(
      () => [],
      (error: Error) => [error.message],
    );
  },

  async "the-login-that-counts-reaches-nothing-else"({ pool }) {
    const { rows } = await pool.query<{ found: string }>(
      `select 'is powerful' as found from pg_roles
       where rolname = current_user and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb)
       union all select 'is a member of ' || roleid::regrole from pg_auth_members
       where member = current_user::regrole
       union all select 'may touch ' || c.oid::regclass from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where c.relkind in ('r', 'p', 'v', 'm') and n.nspname not in ('pg_catalog', 'information_schema')
         and c.oid <> 'rate_limit'::regclass
         and has_table_privilege(c.oid, 'select, insert, update, delete, truncate, references, trigger')`,
    );
    const texts = [
      "select from tenantry.tenant",
      "select from tenantry.seal_key",
      "truncate rate_limit",
      "create table mine (id integer)",
      "drop table rate_limit",
    ];
    return [
      ...rows.map(({ found }) => found),
      ...(await refusals(texts, (text) => pool.query(text))),
    ];
  },

  async "the-app-does-not-reach-the-counters"({ stage }) {
    const plain = new pg.Pool({ connectionString: stage.database.appUrl, max: 1 });
    plain.on("error", () => undefined);
    const texts = [
      "select from rate_limit",
      "delete from rate_limit",
      "update rate_limit set points = 0",
      "insert into rate_limit values ('x', 1, 1)",
    ];
    const found = [
      ...(await refusals(texts, (text) => stage.asA(() => stage.tenantry.db.query(text)))),
      ...(await refusals(texts, (text) => plain.query(text))),
    ];
    await plain.end();
    return found;
  },
};
