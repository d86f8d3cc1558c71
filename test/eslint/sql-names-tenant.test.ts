import { manifest, runRule } from "./rule-tester.js";

const options = [{ manifest }];
const trusting = [{ manifest, trustJoins: true }];
const sql = (text: string) => ({ code: `pool.query(${JSON.stringify(text)}, values);`, options });

runRule("sql-names-tenant", {
  valid: [
    sql("select * from projects where tenant_id = $1"),
    sql("select * from public.projects where projects.tenant_id = $1 and name = $2"),
    sql("select * from projects p where p.tenant_id = any($1)"),
    sql("select * from projects p where $1 = p.tenant_id"),
    sql("select * from projects where tenant_id in ($1, $2)"),
    sql("select * from projects where tenant_id = current_setting('app.tenant')::uuid"),
    sql("select * from projects where (tenant_id, id) = ($1, $2)"),
    sql("select * from projects where (tenant_id = $1 and a = 1) or (tenant_id = $1 and b = 2)"),
    sql(
      "select * from projects p join tasks t on t.tenant_id = p.tenant_id and t.project_id = p.id where p.tenant_id = $1",
    ),
    sql("select * from projects p join tasks t using (tenant_id) where p.tenant_id = $1"),
    sql("select * from projects p natural join tasks t where t.tenant_id = $1"),
    sql(
      "select * from projects p left join tasks t on t.tenant_id = p.tenant_id where p.tenant_id = $1",
    ),
    sql("with mine as (select * from projects where tenant_id = $1) select * from mine"),
    sql("with projects as (select 1) select * from projects"),
    sql("select * from (select * from projects where tenant_id = $1) p where p.name = $2"),
    sql("select * from countries where id in (select country from projects where tenant_id = $1)"),
    sql("select exists (select from tasks t where t.tenant_id = o.id) from organizations o"),
    sql('select * from "Invoice" where "organizationId" = $1'),
    sql("select * from billing.payments where tenant_id = $1"),
    sql("select * from other.projects"),
    sql("insert into projects (tenant_id, name) values ($1, $2)"),
    sql("insert into projects values ($1, $2)"),
    sql("update projects set name = $2 where tenant_id = $1"),
    sql(
      "delete from tasks t using projects p where t.tenant_id = p.tenant_id and p.tenant_id = $1",
    ),
    sql("select * from comments c join tasks t on t.id = c.task_id where t.tenant_id = $1"),
    sql("select * from countries"),
    sql("select 1"),
    sql("this is no SQL of projects"),
    sql("select projects from the shelf that (is broken"),
    sql("delete from projects where tenant_id = :tenant"),
    sql("delete from projects where tenant_id = ?"),
    { code: "sql`select * from projects where tenant_id = ${tenant.id}`", options },
    { code: "sql`select * from projects where ${condition}`", options },
    { code: "sql`select * from ${table} where id = ${id}`", options },
    { code: "sql`select * from projects where id = ${id} ${more}`", options },
    { code: "db.$queryRaw`select * from projects where tenant_id = ${id}::uuid`", options },
    { code: "tenantry.db.query('select * from projects')", options },
    { code: "this.tenantry.db.query('select * from projects')", options },
    { code: "tenantry.db.transaction(async (tx) => tx.query('select * from projects'))", options },
    { code: "tenantry.asOperator(why, (db) => db.query('select * from projects'))", options },
    { code: "db.query('select * from projects')", options: [{ manifest, scoped: ["db"] }] },
    { code: "sql`select * from projects`.execute(tenantry.kysely)", options },
    { code: "const db = tenantry.db; db.query('select * from projects')", options },
    { code: "const { db: pool } = tenantry; pool.query('select * from projects')", options },
    {
      code: "import { createTenantry } from 'tenantry'; const t = await createTenantry(o); t.db.query('select * from projects')",
      options,
    },
    {
      code: "const pool = tenantry.db; pool.transaction((tx) => tx.query('select * from projects'))",
      options,
    },
    { code: "import { pool } from './scoped.js'; pool.query('select * from projects')", options },
    { code: "import t from './scoped.js'; t.db.query('select * from projects')", options },
    {
      code: "class A { db = tenantry.db; list() { return this.db.query('select * from projects'); } }",
      options,
    },
    {
      code: "q('select * from projects p join tasks t on t.project_id = p.id where p.tenant_id = $1')",
      options: trusting,
    },
    "const greeting = 'select your projects with care';",
    { code: "const greeting = 'delete projects that are old';", options },
  ],
  invalid: [
    { ...sql("select * from projects where id = $1"), says: ["unscoped"] },
    { ...sql("select * from projects"), says: ["unscoped"] },
    { ...sql("select * from projects where tenant_id = $1 or is_public"), says: ["unscoped"] },
    { ...sql("select * from projects where not (tenant_id = $1)"), says: ["unscoped"] },
    { ...sql("select * from projects where tenant_id <> $1"), says: ["unscoped"] },
    { ...sql("select * from projects where tenant_id = tenant_id"), says: ["unscoped"] },
    { ...sql("select * from projects p where p.tenant_id = p.owner_id"), says: ["unscoped"] },
    { ...sql("select * from projects where tenant_id is not null"), says: ["unscoped"] },
    { ...sql("select tenant_id from projects order by tenant_id"), says: ["unscoped"] },
    {
      ...sql("select * from projects p join tasks t on t.project_id = p.id where p.tenant_id = $1"),
      says: ["unscoped"],
    },
    {
      ...sql("select * from projects p join tasks t on t.tenant_id = p.tenant_id"),
      says: ["unscoped", "unscoped"],
    },
    {
      ...sql("select * from projects p left join tasks t on p.tenant_id = $1 and t.tenant_id = $1"),
      says: ["unscoped"],
    },
    {
      ...sql("with all_of_them as (select * from projects) select * from all_of_them"),
      says: ["unscoped"],
    },
    {
      ...sql("select * from (select * from projects) p where p.tenant_id = $1"),
      says: ["unscoped"],
    },
    { ...sql("select 1 where exists (select from projects where id = $1)"), says: ["unscoped"] },
    {
      ...sql("select * from projects where tenant_id = $1 union all select * from projects"),
      says: ["unscoped"],
    },
    { ...sql('select * from "Invoice" where id = $1'), says: ["unscoped"] },
    { ...sql("select * from billing.payments"), says: ["unscoped"] },
    { ...sql("insert into projects (name) values ($1)"), says: ["unset"] },
    {
      ...sql("insert into projects (tenant_id, name) select $1, name from tasks"),
      says: ["unscoped"],
    },
    { ...sql("update projects set name = $2 where id = $1"), says: ["unscoped"] },
    { ...sql("update projects set tenant_id = $1"), says: ["unscoped"] },
    { ...sql("delete from projects"), says: ["unscoped"] },
    { ...sql("truncate projects"), says: ["unscoped"] },
    { ...sql("delete from projects where id = ?"), says: ["unscoped"] },
    { ...sql("select * from comments where id = $1"), says: ["through"] },
    { code: "sql`select * from projects where id = ${id}`", options, says: ["unscoped"] },
    {
      code: "db.$queryRaw`select * from tasks where id = ${id}::uuid`",
      options,
      says: ["unscoped"],
    },
    {
      code: "client.query({ text: 'select * from tasks', name: 'x' })",
      options,
      says: ["unscoped"],
    },
    { code: "const text = 'select * from tasks';", options, says: ["unscoped"] },
    {
      code: "let db = tenantry.db; db = other; db.query('select * from tasks')",
      options,
      says: ["unscoped"],
    },
    {
      code: "const { tenants } = tenantry; const db = new Pool(); db.query('select * from tasks')",
      options,
      says: ["unscoped"],
    },
    {
      code: "import { plain } from './scoped.js'; plain.query('select * from tasks')",
      options,
      says: ["unscoped"],
    },
    {
      code: "function f(createTenantry) { const t = createTenantry(); t.query('select * from tasks') }",
      options,
      says: ["unscoped"],
    },
    {
      code: "class A { db = new Pool(); list() { return this.db.query('select * from tasks'); } }",
      options,
      says: ["unscoped"],
    },
    { code: "q('select * from tasks ' + 'where id = $1')", options, says: ["unscoped"] },
    { code: "q('select * from tasks where id = ' + id)", options, says: ["unscoped"] },
    { code: "q(`select * from tasks where id = '${id}'`)", options, says: ["unscoped"] },
    {
      code: "q('select * from tasks where (')",
      options: [{ manifest, unreadable: "report" }],
      says: ["unreadable"],
    },
    {
      code: "q('select 1 from a'); q('select 2 from a');",
      options: [{ manifest: "/nowhere/at/all.json" }],
      says: ["manifest"],
    },
  ],
  typed: {
    valid: [
      {
        code: "import type { ScopedPool } from 'tenantry'; function f(db: ScopedPool) { return db.query('select * from projects'); }",
        options,
      },
      {
        code: "import type { Tenantry as T } from 'tenantry'; function f(db: T['db']) { return db.query('select * from projects'); }",
        options,
      },
      {
        code: "import { type ScopedPool } from 'tenantry'; class A { constructor(private readonly db: ScopedPool) {} list() { return this.db.query('select * from projects'); } }",
        options,
      },
      { code: "sql<Project>`select * from projects where tenant_id = ${id}`;", options },
      {
        code: "await db.query<Row>('select * from projects where tenant_id = $1' as const);",
        options,
      },
    ],
    invalid: [
      {
        code: "import type { ScopedPool } from 'other'; function f(db: ScopedPool) { return db.query('select * from tasks'); }",
        options,
        says: ["unscoped"],
      },
      {
        code: "import type { Pool } from 'pg'; class A { constructor(private db: Pool) {} list() { return this.db.query('select * from tasks'); } }",
        options,
        says: ["unscoped"],
      },
      {
        code: "sql<Project>`select * from projects where id = ${id}`;",
        options,
        says: ["unscoped"],
      },
      { code: "await db!.query<Row>('select * from projects');", options, says: ["unscoped"] },
    ],
  },
});
